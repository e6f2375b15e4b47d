import type { VisibleModel } from "../../src/access/visibility.ts";
import type { Place, Thing } from "./fixture.rows.ts";

type Sees = (place: Place) => boolean;
const all: Sees = () => true;
export const nothing: Sees = () => false;
const unremoved: Sees = ({ project }) => project !== "gone";
const ofNorth: Sees = (place) => place.customer === "north" && unremoved(place);
const inN1: Sees = ({ project }) => project === "n1";
const inS2: Sees = ({ project }) => project === "s2";
const ofAlpine: Sees = ({ provider }) => provider === "alpine";
const usedOfAlpine: Sees = (place) => ofAlpine(place) && unremoved(place);
const ofBaltic: Sees = ({ provider }) => provider === "baltic";
const ofCompute: Sees = ({ offering }) => offering === "compute";
const usedOfCompute: Sees = (place) => ofCompute(place) && unremoved(place);

export interface Row {
	readonly viewer: string;
	/** Resources with their plan periods, usages, parts and limits. */
	readonly uses: Sees;
	/** Policies, firings and notifications. */
	readonly provides: Sees;
	/** Other kinds, by name. */
	readonly customers: string;
	readonly projects: string;
	readonly offerings: string;
	/** Plans with what they say of components, by the name of their offering. */
	readonly plans: string;
	readonly accounts: string;
	readonly groups: string;
	readonly users: string;
}

const every = {
	customers: "alpine baltic coral north south",
	projects: "gone n1 n2 s1 s2",
	offerings: "archive campus compute draft paused private storage",
	plans: "archive campus compute draft paused private storage",
	accounts: "ann compute, ann storage, sven archive, sven compute, sven storage",
	groups: "companies public universities",
	users:
		"alpinemanager alpineowner alpinesupport ann balticowner computemanager expired inactive northmanager northowner northreader northsupport observer projectadmin projectmanager staff stranger support sven",
};
const catalogue = { customers: "alpine baltic", projects: "", offerings: "compute storage", plans: "compute", accounts: "", groups: "" };
const northPeople = {
	uses: ofNorth,
	provides: nothing,
	...catalogue,
	customers: "alpine baltic north",
	projects: "n1 n2",
	offerings: "campus compute storage",
	plans: "campus compute storage",
	accounts: "ann compute, ann storage",
	groups: "public universities",
};
const n1People = { ...northPeople, uses: inN1, projects: "n1", groups: "" };
const alpinePeople = {
	uses: usedOfAlpine,
	provides: ofAlpine,
	customers: "alpine baltic north south",
	projects: "n1 n2 s1 s2",
	offerings: "compute draft private storage",
	plans: "compute draft private",
	accounts: "ann compute, sven compute",
	groups: every.groups,
};
const reporters = "balticowner computemanager";

/** Who sees what: one row a kind of object and viewer. */
export const whoSeesWhat: Record<string, Row> = {
	"staff sees everything": { viewer: "staff", uses: all, provides: all, ...every },
	"support sees everything but removed projects": { viewer: "support", uses: unremoved, provides: all, ...every, projects: "n1 n2 s1 s2" },
	"a consumer's owner sees all its projects": { viewer: "northowner", ...northPeople, users: `ann ${reporters} northowner` },
	"a consumer's manager sees all its projects": { viewer: "northmanager", ...northPeople, users: `ann ${reporters} northmanager` },
	"a consumer's support sees all its projects": { viewer: "northsupport", ...northPeople, users: `ann ${reporters} northsupport` },
	"a consumer's reader sees all its projects": { viewer: "northreader", ...northPeople, users: `ann ${reporters} northreader` },
	"a project's admin sees that project": { viewer: "projectadmin", ...n1People, users: `ann ${reporters} projectadmin` },
	"a project's manager sees that project": { viewer: "projectmanager", ...n1People, users: `ann ${reporters} projectmanager` },
	"a project's member sees that project": { viewer: "ann", ...n1People, users: `ann ${reporters}` },
	"a project's observer sees that project": { viewer: "observer", ...n1People, users: `ann ${reporters} observer` },
	"a member of another project sees that one, and the archived offering that it consumes": {
		viewer: "sven",
		uses: inS2,
		provides: nothing,
		customers: "alpine baltic south",
		projects: "s2",
		offerings: "archive compute storage",
		plans: "archive compute storage",
		accounts: "sven archive, sven compute, sven storage",
		groups: "",
		users: `${reporters} sven`,
	},
	"a provider's owner sees what belongs to its offerings": { viewer: "alpineowner", ...alpinePeople, users: "alpineowner ann computemanager staff sven" },
	"a provider's manager sees what belongs to its offerings": {
		viewer: "alpinemanager",
		...alpinePeople,
		users: "alpinemanager alpineowner ann computemanager staff sven",
	},
	"a provider's support sees what belongs to its offerings": {
		viewer: "alpinesupport",
		...alpinePeople,
		users: "alpineowner alpinesupport ann computemanager staff sven",
	},
	"another provider's owner sees what belongs to that provider's offerings": {
		viewer: "balticowner",
		uses: ofBaltic,
		provides: ofBaltic,
		customers: "alpine baltic north south",
		projects: "n1 s1 s2",
		offerings: "archive campus compute storage",
		plans: "archive campus compute storage",
		accounts: "ann storage, sven archive, sven storage",
		groups: every.groups,
		users: "ann balticowner staff sven",
	},
	"an offering's manager sees what belongs to that offering": {
		viewer: "computemanager",
		...alpinePeople,
		uses: usedOfCompute,
		provides: ofCompute,
		offerings: "compute storage",
		plans: "compute",
		users: "alpineowner ann computemanager sven",
	},
	"a stranger sees the public catalogue alone": { viewer: "stranger", uses: nothing, provides: nothing, ...catalogue, users: "stranger" },
	"an expired role counts for nothing": { viewer: "expired", uses: nothing, provides: nothing, ...catalogue, users: "expired" },
};

/** The names of what must be seen of a model: the whole table in one place. */
export function namesSeen(row: Row, model: VisibleModel, things: readonly Thing[]): string[] {
	const named = (names: string) => (names.includes(", ") ? names.split(", ") : names.split(" ").filter(Boolean));
	const those = (sees: (thing: Thing) => boolean) => things.flatMap((thing) => (thing.model === model && sees(thing) ? [thing.name] : [])).sort();
	const used = () => those(({ place }) => row.uses(place));
	const provided = () => those(({ place }) => row.provides(place));
	const sold = () => those(({ place }) => named(row.offerings).includes(place.offering));
	const planned = () => those(({ place }) => named(row.plans).includes(place.offering));
	const of: Record<VisibleModel, () => string[]> = {
		Category: () => ["disks", "machines"],
		CategoryComponent: () => [],
		ComponentUsage: used,
		ComponentUserUsage: used,
		ComponentUserUsageLimit: used,
		Customer: () => named(row.customers),
		CustomerRole: () => [],
		Notification: provided,
		Offering: () => named(row.offerings),
		OfferingComponent: sold,
		OfferingUsagePolicy: provided,
		OfferingRole: () => [],
		OfferingUser: () => named(row.accounts),
		OrganizationGroup: () => named(row.groups),
		Plan: planned,
		PlanComponent: planned,
		PolicyFiring: provided,
		Project: () => named(row.projects),
		ProjectRole: () => [],
		Resource: used,
		ResourcePlanPeriod: used,
		User: () => named(row.users),
	};
	return of[model]();
}
