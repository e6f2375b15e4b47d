import type { Database } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import type { MailServer } from "../../src/domain/notification/mail.transport.ts";
import { openMailTransport } from "../../src/domain/notification/mail.transport.ts";
import type { Delivery } from "../../src/domain/notification/notification.service.ts";
import type { DeliveryRules } from "../../src/domain/notification/notification.ts";
import { setUsage } from "../support/documents.ts";
import type { Gateway } from "../support/gateway.ts";
import { makeProvider } from "../support/provider.ts";

/** A stored notification, as far as tests look at it. */
export interface Stored {
	readonly recipient: string;
	readonly state: string;
	readonly firings: number;
	readonly attempts: number;
	readonly error: string | null;
	readonly sent: Date | null;
	readonly due: Date;
}

/** A policy that limits cpu to 10, and reports that turn it. */
export interface Outbox {
	/** The address of the provider's owner. */
	readonly provider: string;
	/** The address of the consuming customer's owner. */
	readonly consumer: string;
	/** The address that the policy names. */
	readonly named: string;
	/** The three of them, sorted. */
	readonly everyone: readonly string[];
	readonly offering: string;
	readonly customer: string;
	report(amount: string): Promise<void>;
	/** All that is stored, by recipient. */
	stored(): Promise<Stored[]>;
	/** Sets the clock of the service and of deliveries. */
	setTime(moment: Date): void;
	now(): Date;
	/** What a worker needs that sends to the server. */
	delivery(server: MailServer, over?: Database): Delivery;
}

/** The rules of deliveries, as they are when nothing is configured. */
export const rules: DeliveryRules = { interval: 3_600_000, maxAge: 24 * 3_600_000 };

/** When the outbox's clock begins. */
export const beginning = new Date("2017-01-10T12:00:00.000Z");

/** An empty outbox that a firing fills with three notifications: to the provider's owner, to a consumer's, and to an address that the policy names. */
export async function makeOutbox(gateway: Gateway): Promise<Outbox> {
	const { database } = gateway;
	await database.rows(sql`delete from "Notification"`);
	const provider = await makeProvider(gateway);
	await provider.component("cpu");
	const customer = await provider.customer();
	const resource = await provider.resource({ customer });
	const consumer = `owner-of-${customer}@example.org`;
	await provider.owner(customer, consumer);
	const named = "auditor@example.org";
	await provider.policy({ limits: { cpu: 10 }, period: "TOTAL", actions: ["NOTIFY_ORGANIZATION_OWNERS", "NOTIFY_EXTERNAL_USER"], emails: [named] });

	let time = beginning;
	const setTime = (moment: Date) => {
		time = moment;
		gateway.setTime(moment.toISOString());
	};
	setTime(beginning);
	const owner = `${provider.token.replace("demo_", "")}@example.org`;
	return {
		provider: owner,
		consumer,
		named,
		everyone: [owner, consumer, named].sort(),
		offering: provider.offering,
		customer,
		report: async (amount) => {
			await gateway.ask(provider.token, setUsage, { input: { resource, usages: [{ type: "cpu", amount }] } });
		},
		stored: () =>
			database.rows<Stored>(
				sql`select "recipient", "state"::text as "state", "firings", "attempts", "error", "sent", "due" from "Notification" order by "created", "recipient"`,
			),
		setTime,
		now: () => time,
		delivery: (server, over = database) => ({ database: over, clock: () => time, transport: openMailTransport(server, "gateway@example.org"), rules }),
	};
}

/** The moment so many minutes later. */
export const later = (moment: Date, minutes: number): Date => new Date(moment.getTime() + minutes * 60_000);
