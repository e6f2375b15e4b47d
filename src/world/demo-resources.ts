import type { Account, Period, Reporter } from "./dataset.ts";
import { componentUuid, demoOfferings, planUuid } from "./demo-offerings.ts";
import { accountHolders, demoProjects, offeringUuid, projectUuid, userUuid } from "./demo-people.ts";
import { momentIn, monthsAfter } from "./months.ts";
import { namedUuid } from "./random.ts";

/** Every offering on sale has a resource in ten of the projects. */
const resourcesPerOffering = 10;

/** States of the resources that are not simply OK, by their number. */
const states: Readonly<Record<number, string>> = {
	7: "Terminated",
	11: "Creating",
	22: "Terminated",
	23: "Erred",
	37: "Updating",
	44: "Terminating",
	47: "Creating",
	52: "Terminated",
	58: "Erred",
};

/** A resource that lost its plan: nothing can be reported for it. */
const withoutPlan = 50;

/** The resource changed its plan in the middle of the period. */
const changedPlan = (number: number) => number % 9 === 4;

export const resourceUuid = (project: string, offering: string) => namedUuid("resource", project, offering);
const accountUuid = (offering: string, username: string) => namedUuid("account", offering, username);

interface DemoResource {
	readonly number: number;
	readonly project: string;
	readonly offering: (typeof demoOfferings)[number];
	readonly state: string;
}

const onSale = demoOfferings.filter(({ state }) => state === "Active");

const resources: readonly DemoResource[] = [
	...Array.from({ length: onSale.length * resourcesPerOffering }, (_, number) => {
		const round = Math.floor(number / onSale.length);
		return resourceAt(number, onSale[number % onSale.length], round + 2 * (number % onSale.length), states[number] ?? "OK");
	}),
	resourceAt(
		60,
		demoOfferings.find(({ state }) => state === "Archived"),
		4,
		"Terminated",
	),
].flatMap((resource) => resource ?? []);

function resourceAt(number: number, offering: DemoResource["offering"] | undefined, at: number, state: string): DemoResource | undefined {
	const project = demoProjects[at % demoProjects.length];
	return offering === undefined || project === undefined ? undefined : { number, project: project.name, offering, state };
}

/** What its provider's system calls it: nothing until it was created there. */
const backendIdOf = ({ number, offering, state }: DemoResource) => (state === "Creating" ? "" : `alloc-${offering.short}-${String(number).padStart(3, "0")}`);

/** Months of the world that pass before the resource exists. */
const firstMonth = ({ number }: DemoResource, period: Period) => (number < 12 ? 0 : Math.min((number * 5) % 7, period.months - 1));

/** Months that it reports: those terminated stopped half a year ago, and few have reported the last month yet. */
function reportedMonths(resource: DemoResource, period: Period): number {
	const months = period.months - firstMonth(resource, period);
	if (resource.state === "Terminated") return Math.max(0, months - 6);
	return resource.number % 3 === 1 && resource.state === "OK" ? months : months - 1;
}

const accountsOf = ({ offering, number }: DemoResource): Account[] => {
	if (offering.accounts !== true) return [];
	const known = [0, 1].map((step) => accountHolders[(number + step * 5) % accountHolders.length] ?? "member");
	// The third is a name that the offering has no account for.
	return [...known.map((username) => ({ username: `${offering.short}-${username}`, uuid: accountUuid(offering.name, username) })), { username: "guest" }];
};

/** The resources that report, and what they report. */
export function demoReporters(period: Period): Reporter[] {
	return resources
		.filter(({ number, state }) => state !== "Creating" && number !== withoutPlan)
		.map((resource) => ({
			resource: resourceUuid(resource.project, resource.offering.name),
			offering: offeringUuid(resource.offering.name),
			components: resource.offering.components.flatMap(({ type, usual, recurring = false }) =>
				usual === undefined ? [] : [{ type, usual: usual * 100, recurring }],
			),
			first: firstMonth(resource, period),
			months: reportedMonths(resource, period),
			accounts: accountsOf(resource),
		}));
}

/** Resources, their plan periods, accounts and limits per account. */
export function demoResources(period: Period) {
	const started = (resource: DemoResource) => momentIn(monthsAfter(period.until, firstMonth(resource, period) - period.months + 1), 1, 7);
	const terminated = momentIn(monthsAfter(period.until, -5), 1, 0);
	const changed = momentIn(monthsAfter(period.until, -3), 1, 0);
	return {
		"marketplace-resources": resources.map((resource) => ({
			uuid: resourceUuid(resource.project, resource.offering.name),
			name: `${resource.offering.short} for ${resource.project.toLowerCase()}`,
			state: resource.state,
			offering_uuid: offeringUuid(resource.offering.name),
			project_uuid: projectUuid(resource.project),
			plan_uuid: resource.number === withoutPlan ? null : planUuid(resource.offering.name, changedPlan(resource.number) ? "Plus" : "Standard"),
			backend_id: backendIdOf(resource),
			limits: Object.fromEntries(resource.offering.components.flatMap(({ type, billing, usual = 0 }) => (billing === "limit" ? [[type, usual * 2]] : []))),
			created: started(resource),
			modified: started(resource),
		})),
		"resource-plan-periods": resources
			.filter(({ number, state }) => state !== "Creating" && number !== withoutPlan)
			.flatMap((resource) => {
				const period = (plan: string, start: string, end: string | null) => ({
					uuid: namedUuid("plan period", resource.project, resource.offering.name, plan),
					resource_uuid: resourceUuid(resource.project, resource.offering.name),
					plan_uuid: planUuid(resource.offering.name, plan),
					start,
					end,
				});
				const start = started(resource);
				const end = resource.state === "Terminated" && start < terminated ? terminated : null;
				if (end !== null || !changedPlan(resource.number) || start >= changed) return [period(changedPlan(resource.number) ? "Plus" : "Standard", start, end)];
				return [period("Standard", start, changed), period("Plus", changed, null)];
			}),
		"marketplace-offering-users": onSale
			.filter(({ accounts }) => accounts === true)
			.flatMap(({ name, short }) =>
				accountHolders.map((username, index) => ({
					uuid: accountUuid(name, username),
					offering_uuid: offeringUuid(name),
					user_uuid: userUuid(username),
					username: index === accountHolders.length - 1 ? null : `${short}-${username}`,
					is_restricted: index % 11 === 10,
				})),
			),
		"component-user-usage-limits": resources
			.filter(({ number, offering }) => number < 24 && offering.accounts === true)
			.flatMap((resource) => {
				const [account] = accountsOf(resource);
				const component = resource.offering.components[0];
				if (account?.uuid === undefined || component === undefined) return [];
				const uuid = resourceUuid(resource.project, resource.offering.name);
				return [
					{
						uuid: namedUuid("limit", uuid, component.type, account.username),
						resource: `https://waldur.example.org/api/marketplace-resources/${uuid}/`,
						component: componentUuid(resource.offering.name, component.type),
						component_type: component.type,
						user: `https://waldur.example.org/api/marketplace-offering-users/${account.uuid}/`,
						limit: ((component.usual ?? 0) * 2).toFixed(2),
					},
				];
			}),
	};
}
