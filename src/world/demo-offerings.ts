import { customerUuid, offeringUuid } from "./demo-people.ts";
import { namedUuid } from "./random.ts";

/** A unit that an offering is measured in, in Waldur's words. */
interface DemoComponent {
	readonly type: string;
	readonly name: string;
	readonly unit: string;
	readonly billing: "fixed" | "usage" | "limit" | "one" | "few";
	/** Period and amount of the provider's cap. */
	readonly cap?: readonly ["month" | "quarterly" | "annual" | "total", number | null];
	readonly price: string;
	/** What a month usually amounts to, in the unit; undefined when usage is not reported. */
	readonly usual?: number;
	readonly recurring?: boolean;
}

interface DemoOffering {
	readonly name: string;
	/** Short name, for resources, and in the provider's own system. */
	readonly short: string;
	readonly provider: string;
	readonly category: string;
	readonly state: "Draft" | "Active" | "Paused" | "Archived";
	readonly components: readonly DemoComponent[];
	/** Users have accounts of their own, and their parts of the usage are reported. */
	readonly accounts?: boolean;
	/** False when limits per user are not offered. */
	readonly userLimits?: boolean;
}

/** An offering's component is totalled in the component of its category that has its type. */
const categories = [
	{
		title: "High-performance computing",
		components: [
			["cpu_hours", "CPU hours", "h"],
			["gpu_hours", "GPU hours", "h"],
			["support_hours", "Included support", "h"],
		],
	},
	{
		title: "Virtual machines",
		components: [
			["vcpu", "Virtual cores", ""],
			["disk_gb", "Disks", "GB"],
		],
	},
	{
		title: "Storage",
		components: [
			["stored_gb", "Stored data", "GB"],
			["protected_gb", "Protected data", "GB"],
			["egress_gb", "Outgoing traffic", "GB"],
			["restored_gb", "Restored data", "GB"],
		],
	},
	{ title: "Applications", components: [["session_hours", "Session hours", "h"]] },
] as const;

const ncc = "Northern Computing Centre";

export const demoOfferings: readonly DemoOffering[] = [
	{
		name: "Larch supercomputer",
		short: "larch",
		provider: ncc,
		category: "High-performance computing",
		state: "Active",
		accounts: true,
		components: [
			{ type: "cpu_hours", name: "CPU hours", unit: "h", billing: "usage", price: "0.0120000000", usual: 1800 },
			{ type: "storage_gb", name: "Project storage", unit: "GB", billing: "limit", cap: ["annual", null], price: "0.0050000000", usual: 750 },
			{ type: "setup", name: "Setup of the project", unit: "", billing: "one", price: "150.0000000000" },
			{ type: "support_hours", name: "Included support", unit: "h", billing: "fixed", price: "20.0000000000" },
		],
	},
	{
		name: "Birch GPU cluster",
		short: "birch",
		provider: ncc,
		category: "High-performance computing",
		state: "Active",
		accounts: true,
		components: [
			{ type: "gpu_hours", name: "GPU hours", unit: "h", billing: "usage", cap: ["quarterly", 20_000], price: "0.9500000000", usual: 320 },
			{ type: "cpu_hours", name: "CPU hours", unit: "h", billing: "usage", price: "0.0150000000", usual: 640 },
			{ type: "scratch_gb", name: "Scratch space", unit: "GB", billing: "usage", cap: ["month", 50_000], price: "0.0010000000", usual: 900 },
			{ type: "priority", name: "Priority in the queue", unit: "", billing: "few", price: "75.0000000000" },
		],
	},
	{
		name: "Research notebooks",
		short: "notebook",
		provider: ncc,
		category: "Applications",
		state: "Active",
		accounts: true,
		components: [
			{ type: "session_hours", name: "Session hours", unit: "h", billing: "usage", cap: ["month", 10_000], price: "0.0400000000", usual: 260 },
			{ type: "seats", name: "Seats", unit: "", billing: "fixed", price: "4.0000000000" },
			{ type: "onboarding", name: "Onboarding course", unit: "", billing: "one", price: "300.0000000000" },
		],
	},
	{
		name: "Virtual machines",
		short: "vm",
		provider: "Skerry Cloud",
		category: "Virtual machines",
		state: "Active",
		userLimits: false,
		components: [
			{
				type: "vcpu",
				name: "Virtual cores",
				unit: "",
				billing: "limit",
				cap: ["month", null],
				price: "6.0000000000",
				usual: 16,
				recurring: true,
			},
			{ type: "ram_gb", name: "Memory", unit: "GB", billing: "limit", cap: ["month", null], price: "3.0000000000", usual: 64, recurring: true },
			{ type: "disk_gb", name: "Disks", unit: "GB", billing: "limit", cap: ["total", null], price: "0.0800000000", usual: 500 },
			{ type: "network/floating-ip", name: "Floating IP", unit: "", billing: "usage", price: "2.5000000000", usual: 2 },
			{ type: "licence", name: "Operating system licence", unit: "", billing: "fixed", price: "12.0000000000" },
		],
	},
	{
		name: "Object storage",
		short: "objects",
		provider: "Skerry Cloud",
		category: "Storage",
		state: "Active",
		components: [
			{
				type: "stored_gb",
				name: "Stored data",
				unit: "GB",
				billing: "usage",
				cap: ["annual", 500_000],
				price: "0.0200000000",
				usual: 2400,
				recurring: true,
			},
			{ type: "egress_gb", name: "Outgoing traffic", unit: "GB", billing: "usage", price: "0.0500000000", usual: 180 },
			{ type: "requests", name: "Requests, in thousands", unit: "k", billing: "usage", cap: ["total", 10_000_000], price: "0.0004000000", usual: 5200 },
		],
	},
	{
		name: "Backup vault",
		short: "backup",
		provider: "Coastal Data Archive",
		category: "Storage",
		state: "Active",
		components: [
			{
				type: "protected_gb",
				name: "Protected data",
				unit: "GB",
				billing: "limit",
				cap: ["quarterly", null],
				price: "0.0150000000",
				usual: 1200,
			},
			{ type: "restored_gb", name: "Restored data", unit: "GB", billing: "usage", price: "0.0100000000", usual: 40 },
			{ type: "relocation", name: "Move to another vault", unit: "", billing: "few", price: "90.0000000000" },
		],
	},
	{
		name: "Quantum simulator",
		short: "quantum",
		provider: ncc,
		category: "High-performance computing",
		state: "Draft",
		components: [{ type: "shots", name: "Shots, in thousands", unit: "k", billing: "usage", price: "0.3000000000" }],
	},
	{
		name: "Alder cluster",
		short: "alder",
		provider: ncc,
		category: "High-performance computing",
		state: "Archived",
		components: [{ type: "cpu_hours", name: "CPU hours", unit: "h", billing: "usage", price: "0.0100000000", usual: 500 }],
	},
];

export const componentUuid = (offering: string, type: string) => namedUuid("component", offering, type);
export const planUuid = (offering: string, plan: string) => namedUuid("plan", offering, plan);
const categoryUuid = (title: string) => namedUuid("category", title);

/** Plans of every offering: the last one is not sold any more. */
const plans = [
	{ name: "Standard", price: "25.0000000000", included: "10.00" },
	{ name: "Plus", price: "90.0000000000", included: "50.00" },
	{ name: "Pilot", price: "0.0000000000", included: "5.00" },
];

/** The catalogue of the demo world. */
export function demoCatalogue() {
	return {
		"marketplace-categories": categories.map(({ title, components }) => ({
			uuid: categoryUuid(title),
			title,
			components: components.map(([type, name, measured_unit]) => ({ type, name, measured_unit })),
		})),
		"marketplace-provider-offerings": demoOfferings.map(({ name, short, provider, category, state, components, userLimits = true }) => ({
			uuid: offeringUuid(name),
			name,
			state,
			customer_uuid: customerUuid(provider),
			category_uuid: categoryUuid(category),
			plugin_options: { supportsPerUserLimits: userLimits },
			backend_id: short,
			shared: true,
			organization_groups: [],
			components: components.map(({ type, name: title, unit, billing, cap }) => ({
				uuid: componentUuid(name, type),
				type,
				name: title,
				description: "",
				measured_unit: unit,
				billing_type: billing,
				limit_period: cap?.[0] ?? null,
				limit_amount: cap?.[1] ?? null,
			})),
			plans: plans.map((plan) => ({
				uuid: planUuid(name, plan.name),
				name: plan.name,
				unit: "month",
				unit_price: plan.price,
				archived: plan.name === "Pilot",
				organization_groups: [],
				quotas: Object.fromEntries(components.filter(({ billing }) => billing === "fixed").map(({ type }) => [type, plan.included])),
				prices: Object.fromEntries(components.map(({ type, price }) => [type, price])),
			})),
		})),
	};
}
