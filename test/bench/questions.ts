import { type Plain, renamed, withLines } from "./answers.ts";
import { firstMonth, month } from "./months.ts";

/** Who is asked: each in its own words. */
export type Dialect = "usage-gateway" | "hand-written" | "stock" | "postgraphile";

/** One thing to ask, and how each is asked for it. */
export interface Question {
	readonly title: string;
	/** GraphQL documents; what is written by hand takes a name. */
	readonly documents: Readonly<Record<Dialect, string>>;
	/** What they are asked with, in turn; nothing without them. */
	readonly variables?: readonly [object, ...object[]];
	/** Makes the same of everybody's answers. */
	readonly plain: Readonly<Record<Dialect, (data: Plain) => Plain>>;
}

/** PostGraphile names its fields after tables. */
const tableNames = { offeringComponents: "components", componentUserUsages: "userUsages" };

const same = (data: Plain): Plain => data;
const plain = { "usage-gateway": same, "hand-written": same, stock: same, postgraphile: renamed(tableNames) };

const component = "component { uuid type name measuredUnit }";

const nestedGraph: Question = {
	title: "the nested graph: 20 resources, offering with category and components, project with customer, a month's usages with component and parts",
	documents: {
		"hand-written": "nested-graph",
		"usage-gateway": `{ resources(first: 20) { nodes {
			uuid name state
			offering { uuid name category { uuid title } components { uuid type name measuredUnit } }
			project { uuid name customer { uuid name } }
			componentUsages(first: 10, filter: { billingPeriod: "${month}-01" }) { nodes {
				uuid usage date ${component} userUsages(first: 10) { nodes { uuid username usage } }
			} }
		} } }`,
		stock: `{ resources(first: 20) {
			uuid name state
			offering { uuid name category { uuid title } components { uuid type name measuredUnit } }
			project { uuid name customer { uuid name } }
			componentUsages(first: 10, from: "${month}-01", to: "${month}-01") {
				uuid usage date ${component} userUsages(first: 10) { uuid username usage }
			}
		} }`,
		postgraphile: `{ resources(first: 20, orderBy: [NAME_ASC, UUID_ASC]) { nodes {
			uuid name state
			offering { uuid name category { uuid title } offeringComponents(orderBy: [TYPE_ASC]) { nodes { uuid type name measuredUnit } } }
			project { uuid name customer { uuid name } }
			componentUsages(first: 10, condition: { billingPeriod: "${month}-01" }, orderBy: [DATE_DESC, TYPE_ASC, UUID_ASC]) { nodes {
				uuid usage date ${component} componentUserUsages(first: 10, orderBy: [USERNAME_ASC, UUID_ASC]) { nodes { uuid username usage } }
			} }
		} } }`,
	},
	plain,
};

const oneRow = (uuids: readonly [string, ...string[]]): Question => {
	const document = (type: string) => `query ($uuid: ${type}!) { resource(uuid: $uuid) { uuid name state created } }`;
	const [first, ...others] = uuids;
	return {
		title: `one row by its uuid, ${uuids.length} rows in turn`,
		documents: { "usage-gateway": document("UUID"), stock: document("String"), postgraphile: document("UUID"), "hand-written": "one-row" },
		variables: [{ uuid: first }, ...others.map((uuid) => ({ uuid }))],
		plain,
	};
};

const page: Question = {
	title: "a page of 100 usages with resource and component",
	documents: {
		"hand-written": "page",
		"usage-gateway": `{ componentUsages(first: 100) { nodes { uuid usage date billingPeriod resource { uuid name } ${component} } } }`,
		stock: `{ componentUsages(first: 100) { uuid usage date billingPeriod resource { uuid name } ${component} } }`,
		postgraphile: `{ componentUsages(first: 100, orderBy: [DATE_DESC, TYPE_ASC, UUID_ASC]) {
			nodes { uuid usage date billingPeriod resource { uuid name } ${component} }
		} }`,
	},
	plain,
};

const matrix: Question = {
	title: "the matrix: 50 resources × 4 components × 12 months",
	documents: {
		"hand-written": "matrix",
		"usage-gateway": `{ resources(first: 50) { nodes { uuid name
			usageSeries(from: "${firstMonth}-01", to: "${month}-01") { type name measuredUnit points { billingPeriod usage } }
		} } }`,
		stock: `{ resources(first: 50) { uuid name
			offering { components { type name measuredUnit } }
			componentUsages(from: "${firstMonth}-01", to: "${month}-01") { type billingPeriod usage }
		} }`,
		// It has conditions of equality only: the world holds these twelve months and no others.
		postgraphile: `{ resources(first: 50, orderBy: [NAME_ASC, UUID_ASC]) { nodes { uuid name
			offering { offeringComponents(orderBy: [TYPE_ASC]) { nodes { type name measuredUnit } } }
			componentUsages { nodes { type billingPeriod usage } }
		} } }`,
	},
	plain: { ...plain, stock: withLines, postgraphile: (data) => withLines(renamed(tableNames)(data)) },
};

/** Every question by its key, about resources of these uuids. */
export const questionsAbout = (uuids: readonly [string, ...string[]]): Readonly<Record<string, Question>> => ({
	"nested-graph": nestedGraph,
	"one-row": oneRow(uuids),
	page,
	matrix,
});

export const questionKeys: readonly string[] = Object.keys(questionsAbout([""]));
