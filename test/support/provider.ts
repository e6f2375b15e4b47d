import { addToken } from "../../src/access/token.store.ts";
import { sql } from "../../src/database/sql.ts";
import type { Gateway } from "./gateway.ts";
import { insert, insertRow } from "./insert.ts";

interface ComponentOptions {
	billingType?: string;
	limitPeriod?: string;
	limitAmount?: number;
}

interface PolicyOptions {
	limits: Record<string, number>;
	groups?: string[];
	period?: string;
	actions?: string[];
	emails?: string[];
}

/** A provider with one offering, made step by step; its owner signs in with `token`. */
export interface Provider {
	readonly token: string;
	readonly uuid: string;
	readonly offering: string;
	readonly plan: string;
	component(type: string, options?: ComponentOptions): Promise<string>;
	group(): Promise<string>;
	customer(options?: { groups?: string[]; blocked?: boolean; archived?: boolean }): Promise<string>;
	/** A resource that runs, of a new customer unless one is given. */
	resource(options?: { customer?: string; state?: string; plan?: string | null; backendId?: string }): Promise<string>;
	planPeriod(resource: string, start: string | null, end: string | null): Promise<string>;
	/** A usage record as an earlier report left it. */
	usage(resource: string, type: string, billingPeriod: string, usage: string): Promise<string>;
	policy(options: PolicyOptions): Promise<string>;
	/** Begins the billing month for the offering, as if nothing recurred: the first report is not the first write of the month then. */
	begin(month: string): Promise<void>;
	/** An owner of the customer. */
	owner(customer: string, email: string): Promise<string>;
	account(username: string | null): Promise<string>;
	/** A member of staff's token. */
	staffToken(): Promise<string>;
	limit(resource: string, type: string, account: string, limit: string): Promise<string>;
}

let made = 0;

/** A name of small letters that no other has. */
const freshName = (prefix: string): string => `${prefix}${[...String(made++)].map((digit) => String.fromCharCode(97 + Number(digit))).join("")}`;

export async function makeProvider({ database }: Pick<Gateway, "database">): Promise<Provider> {
	const username = freshName("provider");
	const uuid = await insert(database, "Customer", { name: "Larch computing centre" });
	const user = await insert(database, "User", { username, email: `${username}@example.org` });
	await insert(database, "CustomerRole", { userUuid: user, customerUuid: uuid, role: "OWNER" });
	const token = `demo_${username}`;
	await addToken(database, { token, username, name: "test", expires: null, now: new Date(0) });
	const category = await insert(database, "Category", { title: "Computing" });
	const offering = await insert(database, "Offering", { name: "Cluster", state: "ACTIVE", providerUuid: uuid, categoryUuid: category });
	const plan = await insert(database, "Plan", { offeringUuid: offering, name: "Standard" });
	const componentOf = async (type: string): Promise<string> => {
		const [row] = await database.rows<{ uuid: string }>(
			sql`select "uuid" from "OfferingComponent" where "offeringUuid" = ${offering}::uuid and "type" = ${type}`,
		);
		if (row === undefined) throw new Error(`The offering has no component ${type}.`);
		return row.uuid;
	};

	const provider: Provider = {
		token,
		uuid,
		offering,
		plan,
		component: (type, { billingType = "USAGE", ...cap } = {}) =>
			insert(database, "OfferingComponent", { offeringUuid: offering, type, name: type, billingType, ...cap }),
		group: () => insert(database, "OrganizationGroup", { name: "Group" }),
		customer: async ({ groups = [], ...flags } = {}) => {
			const customer = await insert(database, "Customer", { name: "Consumer", ...flags });
			for (const group of groups) await insertRow(database, "CustomerOrganizationGroup", { customerUuid: customer, organizationGroupUuid: group });
			return customer;
		},
		resource: async ({ customer, state = "OK", plan: named = plan, backendId = "" } = {}) => {
			const customerUuid = customer ?? (await provider.customer());
			const projectUuid = await insert(database, "Project", { name: "Project", customerUuid });
			return insert(database, "Resource", { name: "Resource", state, offeringUuid: offering, projectUuid, customerUuid, planUuid: named, backendId });
		},
		planPeriod: (resource, start, end) => insert(database, "ResourcePlanPeriod", { resourceUuid: resource, planUuid: plan, start, end }),
		usage: async (resource, type, billingPeriod, usage) => {
			const [row] = await database.rows<{ projectUuid: string; customerUuid: string }>(
				sql`select "projectUuid", "customerUuid" from "Resource" where "uuid" = ${resource}::uuid`,
			);
			const place = { resourceUuid: resource, componentUuid: await componentOf(type), offeringUuid: offering, type };
			return insert(database, "ComponentUsage", { ...place, ...row, billingPeriod, usage, date: `${billingPeriod}T12:00:00Z` });
		},
		policy: async ({ limits, groups = [], period = "ONE_MONTH", actions = ["NOTIFY_ORGANIZATION_OWNERS"], emails = [] }) => {
			const policy = await insert(database, "OfferingUsagePolicy", {
				scopeUuid: offering,
				actions: `{${actions.join(",")}}`,
				externalUserEmails: emails,
				applyToAll: groups.length === 0,
				period,
			});
			for (const [type, limit] of Object.entries(limits)) {
				const componentUuid = await componentOf(type);
				await insert(database, "OfferingUsagePolicyComponentLimit", { policyUuid: policy, componentUuid, offeringUuid: offering, limit: String(limit) });
			}
			for (const group of groups) await insertRow(database, "OfferingUsagePolicyGroup", { policyUuid: policy, organizationGroupUuid: group });
			return policy;
		},
		begin: (month) => insertRow(database, "MonthTurn", { offeringUuid: offering, billingPeriod: month }),
		owner: async (customer, email) => {
			const owner = await insert(database, "User", { username: email, email });
			await insert(database, "CustomerRole", { userUuid: owner, customerUuid: customer, role: "OWNER" });
			return owner;
		},
		account: async (account) => {
			const person = await insert(database, "User", { username: freshName("person") });
			return insert(database, "OfferingUser", { offeringUuid: offering, userUuid: person, username: account });
		},
		staffToken: async () => {
			const staff = freshName("staff");
			await insert(database, "User", { username: staff, isStaff: true });
			await addToken(database, { token: `demo_${staff}`, username: staff, name: "test", expires: null, now: new Date(0) });
			return `demo_${staff}`;
		},
		limit: async (resource, type, account, limit) =>
			insert(database, "ComponentUserUsageLimit", {
				resourceUuid: resource,
				componentUuid: await componentOf(type),
				userUuid: account,
				offeringUuid: offering,
				limit,
			}),
	};
	return provider;
}
