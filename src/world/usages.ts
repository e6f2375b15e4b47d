import type { Account, Period, Reporter } from "./dataset.ts";
import { momentIn, monthsAfter } from "./months.ts";
import { chance, namedUuid } from "./random.ts";

interface Usage {
	readonly uuid: string;
	readonly reporter: Reporter;
	readonly type: string;
	readonly month: string;
	/** In hundredths of the measured unit. */
	readonly hundredths: number;
	readonly date: string;
	readonly recurring: boolean;
}

/** Every usage of the world, resource by resource; always the same for the same seed. */
export function* usages(reporters: readonly Reporter[], period: Period, seed: number): Generator<Usage> {
	const now = period.now.toISOString();
	for (const reporter of reporters) {
		for (let index = reporter.first; index < Math.min(reporter.first + reporter.months, period.months); index++) {
			const month = monthsAfter(period.until, index - period.months + 1);
			if (momentIn(month, 1, 0) > now) break;
			for (const { type, usual, recurring } of reporter.components) {
				const uuid = namedUuid("usage", reporter.resource, type, month);
				const share = chance(seed, uuid);
				const reported = momentIn(month, 20 + Math.floor(share * 8), 6 + (Math.floor(share * 97) % 12));
				// A recurring figure is the same every month.
				const factor = 0.6 + 0.8 * (recurring ? chance(seed, namedUuid("recurring", reporter.resource, type)) : share);
				yield { uuid, reporter, type, month, hundredths: Math.round(usual * factor), date: earlier(reported, now), recurring };
			}
		}
	}
}

const earlier = (one: string, other: string) => (one.localeCompare(other) < 0 ? one : other);

/** Usages as Waldur lists them. */
export function* usageRecords(all: Iterable<Usage>): Generator<object> {
	for (const { uuid, reporter, type, month, hundredths, date, recurring } of all) {
		yield {
			uuid,
			created: date,
			description: "",
			type,
			usage: hundredths / 100,
			date,
			recurring,
			resource_uuid: reporter.resource,
			offering_uuid: reporter.offering,
			billing_period: `${month}-01`,
		};
	}
}

/** The parts of usages by username, as Waldur lists them: together at most the usage. */
export function* userUsageRecords(all: Iterable<Usage>, seed: number): Generator<object> {
	for (const usage of all) {
		let left = usage.hundredths;
		for (const [index, account] of usage.reporter.accounts.entries()) {
			const uuid = namedUuid("user usage", usage.uuid, account.username);
			const last = index === usage.reporter.accounts.length - 1;
			const hundredths = Math.floor(left * (last ? 1 : 0.3 + 0.4 * chance(seed, uuid)));
			left -= hundredths;
			yield {
				uuid,
				component_usage: `https://waldur.example.org/api/marketplace-component-usages/${usage.uuid}/`,
				username: account.username,
				user: linkTo(account),
				usage: (hundredths / 100).toFixed(2),
				created: usage.date,
				modified: usage.date,
			};
		}
	}
}

const linkTo = ({ uuid }: Account) => (uuid === undefined ? null : `https://waldur.example.org/api/marketplace-offering-users/${uuid}/`);

/** The amounts of each resource's latest month, by component type, as numbers of the measured unit. */
export function latestAmounts(reporters: readonly Reporter[], period: Period, seed: number): Map<string, Record<string, number>> {
	const latest = new Map<string, Record<string, number>>();
	for (const { reporter, type, hundredths } of usages(reporters, period, seed)) {
		const amounts = latest.get(reporter.resource) ?? {};
		amounts[type] = hundredths / 100; // months come in order: the last one stays
		latest.set(reporter.resource, amounts);
	}
	return latest;
}
