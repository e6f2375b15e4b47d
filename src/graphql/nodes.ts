import type { CategoryUsage } from "../domain/category-usage/category-usage.ts";
import type { Quota } from "../domain/quota/quota.store.ts";
import { builder } from "./builder.ts";

/**
 * The stored objects as Relay nodes. Their prose comes from prisma/schema.prisma, their fields from each noun's
 * `.schema.ts`: so a noun can link to any other without importing it.
 */
const id = { field: "uuid", description: "Identifies the object among all objects: pass it to node(id)." } as const;

export const Category = builder.prismaNode("Category", { id });
export const CategoryComponent = builder.prismaNode("CategoryComponent", { id });
export const ComponentUsage = builder.prismaNode("ComponentUsage", { id });
export const ComponentUserUsage = builder.prismaNode("ComponentUserUsage", { id });
export const ComponentUserUsageLimit = builder.prismaNode("ComponentUserUsageLimit", { id });
export const Customer = builder.prismaNode("Customer", { id });
export const Notification = builder.prismaNode("Notification", { id });
export const Offering = builder.prismaNode("Offering", { id });
export const OfferingComponent = builder.prismaNode("OfferingComponent", { id });
export const OfferingUsagePolicy = builder.prismaNode("OfferingUsagePolicy", { id });
export const OfferingUser = builder.prismaNode("OfferingUser", { id });
export const OrganizationGroup = builder.prismaNode("OrganizationGroup", { id });
export const Plan = builder.prismaNode("Plan", { id });
export const PlanComponent = builder.prismaNode("PlanComponent", { id });
export const PolicyFiring = builder.prismaNode("PolicyFiring", { id });
export const Project = builder.prismaNode("Project", { id });
export const Resource = builder.prismaNode("Resource", { id });
export const ResourcePlanPeriod = builder.prismaNode("ResourcePlanPeriod", { id });
export const User = builder.prismaNode("User", { id });

/** A total, computed when it is asked for: its id says of what. */
export const CategoryComponentUsage = builder.objectRef<CategoryUsage>("CategoryComponentUsage");

/** All of them. */
export const nodes = [
	Category,
	CategoryComponent,
	CategoryComponentUsage,
	ComponentUsage,
	ComponentUserUsage,
	ComponentUserUsageLimit,
	Customer,
	Notification,
	Offering,
	OfferingComponent,
	OfferingUsagePolicy,
	OfferingUser,
	OrganizationGroup,
	Plan,
	PlanComponent,
	PolicyFiring,
	Project,
	Resource,
	ResourcePlanPeriod,
	User,
] as const;

/** Roles, which are read of the viewer alone. They are no nodes: whoever asks for one again asks who they are. */
export const CustomerRole = builder.prismaObject("CustomerRole", {});
export const OfferingRole = builder.prismaObject("OfferingRole", {});
export const ProjectRole = builder.prismaObject("ProjectRole", {});

/** A figure, computed when it is asked for. It is no node: nothing is stored under an id of its own. */
export const CustomerQuota = builder.objectRef<Quota>("CustomerQuota");
