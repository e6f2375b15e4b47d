import type { Period } from "./dataset.ts";
import { momentIn, monthsAfter } from "./months.ts";
import { namedUuid } from "./random.ts";

const groups = [
	{ name: "Higher education" },
	{ name: "Universities of technology", parent: "Higher education" },
	{ name: "Health care" },
	{ name: "Industry" },
];

interface DemoCustomer {
	readonly name: string;
	readonly abbreviation: string;
	readonly groups: readonly string[];
	readonly projects: readonly string[];
	readonly blocked?: boolean;
	readonly archived?: boolean;
}

const customers: readonly DemoCustomer[] = [
	{ name: "Northern Computing Centre", abbreviation: "NCC", groups: [], projects: [] },
	{ name: "Skerry Cloud", abbreviation: "SKC", groups: ["Industry"], projects: [] },
	{ name: "Coastal Data Archive", abbreviation: "CDA", groups: [], projects: [] },
	{ name: "University of Larkholm", abbreviation: "UL", groups: ["Higher education"], projects: ["Climate modelling", "Corpus linguistics"] },
	{
		name: "Tidewater Institute of Technology",
		abbreviation: "TIT",
		groups: ["Higher education", "Universities of technology"],
		projects: ["Turbine simulation", "Robot vision"],
	},
	{ name: "Greyfjord University", abbreviation: "GU", groups: ["Higher education"], projects: ["Protein folding", "Teaching lab"] },
	{ name: "Saint Elmo Hospital", abbreviation: "SEH", groups: ["Health care"], projects: ["Genome diagnostics", "Radiology archive"] },
	{
		name: "Institute of Marine Biology",
		abbreviation: "IMB",
		groups: ["Health care", "Higher education"],
		projects: ["Plankton survey", "Acoustic monitoring"],
	},
	{ name: "Amberline Analytics", abbreviation: "AA", groups: ["Industry"], projects: ["Demand forecast", "Web platform"] },
	{ name: "Quillmark Robotics", abbreviation: "QR", groups: ["Industry"], projects: ["Motion planning"], blocked: true },
	{ name: "Harbour School of Design", abbreviation: "HSD", groups: ["Higher education"], projects: ["Render farm"], archived: true },
];

const removedProject = { name: "Storm archive 2019", customer: "University of Larkholm" };

interface DemoUser {
	readonly username: string;
	readonly name: string;
	readonly customer?: string;
	readonly role?: string;
	readonly project?: string;
	readonly projectRole?: string;
	readonly offering?: string;
	readonly staff?: boolean;
	readonly support?: boolean;
	readonly inactive?: boolean;
	/** The role ended long ago. */
	readonly expired?: boolean;
}

const users: readonly DemoUser[] = [
	{ username: "staff", name: "Ada Stern", staff: true },
	{ username: "support", name: "Ben Suur", support: true },
	{ username: "provider", name: "Carla Nord", customer: "Northern Computing Centre", role: "OWNER" },
	{ username: "owner", name: "Dag Lark", customer: "University of Larkholm", role: "OWNER" },
	{ username: "manager", name: "Eva Holm", project: "Climate modelling", projectRole: "MANAGER" },
	{ username: "member", name: "Finn Ross", project: "Climate modelling", projectRole: "MEMBER" },
	{ username: "operator", name: "Greta Hall", customer: "Northern Computing Centre", role: "MANAGER" },
	{ username: "helpdesk", name: "Hugo Berg", customer: "Northern Computing Centre", role: "SUPPORT" },
	{ username: "larch-admin", name: "Ida Moor", offering: "Larch supercomputer" },
	{ username: "skerry", name: "Jon Skov", customer: "Skerry Cloud", role: "OWNER" },
	{ username: "archive", name: "Kaia Rand", customer: "Coastal Data Archive", role: "OWNER" },
	{ username: "larkholm-it", name: "Leo Lind", customer: "University of Larkholm", role: "MANAGER" },
	{ username: "tidewater", name: "Mia Tamm", customer: "Tidewater Institute of Technology", role: "OWNER" },
	{ username: "greyfjord", name: "Nils Fjell", customer: "Greyfjord University", role: "OWNER" },
	{ username: "elmo", name: "Olga Saar", customer: "Saint Elmo Hospital", role: "OWNER" },
	{ username: "marine", name: "Per Vik", customer: "Institute of Marine Biology", role: "OWNER" },
	{ username: "amberline", name: "Rita Amb", customer: "Amberline Analytics", role: "OWNER" },
	{ username: "folding-admin", name: "Sven Kask", project: "Protein folding", projectRole: "ADMIN" },
	{ username: "genome", name: "Tea Palm", project: "Genome diagnostics", projectRole: "MANAGER" },
	{ username: "visitor", name: "Uno Mets", project: "Climate modelling", projectRole: "MANAGER", expired: true },
	{ username: "former", name: "Vera Kuusk", customer: "Greyfjord University", role: "MANAGER", inactive: true },
];

const email = (username: string) => `${username}@example.org`;

const groupUuid = (name: string) => namedUuid("group", name);
export const customerUuid = (name: string) => namedUuid("customer", name);
export const projectUuid = (name: string) => namedUuid("project", name);
export const userUuid = (username: string) => namedUuid("user", username);
export const offeringUuid = (name: string) => namedUuid("offering", name);

/** Groups as a policy of Waldur lists them. */
export const groupLinks = (...names: readonly string[]) => names.map((name) => ({ uuid: groupUuid(name), name }));

/** Projects that hold resources, those of the blocked and the archived customer last. */
export const demoProjects = customers.flatMap(({ name, projects }) => projects.map((project) => ({ name: project, customer: name })));

/** Users that have accounts at offerings. */
export const accountHolders = users.filter(({ staff, support, inactive }) => !staff && !support && !inactive).map(({ username }) => username);

/** The organisations, people and roles of the demo world. */
export function demoPeople(period: Period) {
	const founded = momentIn(monthsAfter(period.until, -period.months - 6), 3, 9);
	const started = momentIn(monthsAfter(period.until, -period.months), 2, 9);
	const ended = momentIn(monthsAfter(period.until, -4), 1, 0);
	const permission = ({ username, expired }: DemoUser, role: string, scope: string) => ({
		user_uuid: userUuid(username),
		user_username: username,
		role_name: role,
		scope_uuid: scope,
		expiration_time: expired ? ended : null,
	});
	return {
		"organization-groups": groups.map(({ name, parent }) => ({ uuid: groupUuid(name), name, parent_uuid: parent === undefined ? null : groupUuid(parent) })),
		customers: customers.map(({ name, abbreviation, groups, blocked = false, archived = false }) => ({
			uuid: customerUuid(name),
			name,
			abbreviation,
			blocked,
			archived,
			organization_groups: groupLinks(...groups),
			created: founded,
		})),
		users: users.map(({ username, name, staff = false, support = false, inactive = false }) => ({
			uuid: userUuid(username),
			username,
			full_name: name,
			email: email(username),
			is_staff: staff,
			is_support: support,
			is_active: !inactive,
		})),
		projects: [...demoProjects.map((project) => ({ ...project, removed: false })), { ...removedProject, removed: true }].map(({ name, customer, removed }) => ({
			uuid: projectUuid(name),
			name,
			customer_uuid: customerUuid(customer),
			customer_name: customer,
			is_removed: removed,
			created: started,
		})),
		"customer-permissions": users.flatMap((user) =>
			user.customer === undefined ? [] : [permission(user, `CUSTOMER.${user.role}`, customerUuid(user.customer))],
		),
		"project-permissions": users.flatMap((user) =>
			user.project === undefined ? [] : [permission(user, `PROJECT.${user.projectRole}`, projectUuid(user.project))],
		),
		"offering-permissions": users.flatMap((user) => (user.offering === undefined ? [] : [permission(user, "OFFERING.MANAGER", offeringUuid(user.offering))])),
		"customer-quotas": customers.flatMap(({ name, abbreviation, projects }, position) =>
			Object.entries(quotaPerProject).map(([quota_name, perProject]) => ({
				quota_name,
				customer_uuid: customerUuid(name),
				customer_name: name,
				customer_abbreviation: abbreviation,
				// An organisation without projects has no price to estimate.
				value: projects.length === 0 && quota_name === "estimated_price" ? null : perProject * projects.length * (1 + (position % 3)),
			})),
		),
	};
}

const quotaPerProject = {
	os_cpu_count: 48,
	os_ram_size: 196_608,
	os_storage_size: 2_097_152,
	vpc_cpu_count: 16,
	vpc_ram_size: 65_536,
	vpc_storage_size: 524_288,
	vpc_floating_ip_count: 3,
	vpc_instance_count: 6,
	estimated_price: 412.75,
};
