import type { CustomerRoleName, OfferingRoleName, ProjectRoleName } from "../generated/prisma/enums.ts";

/** What a role opens to its holders. What else they may do is in permissions.ts. */
interface Sight {
	/** The consumer's side of what the role is on: the customer or project itself, and all that is used there. */
	readonly consumed: boolean;
	/** The provider's side: offerings of what the role is on, and all that belongs to them. */
	readonly provided: boolean;
}

/**
 * Each role that there is, and what it opens: prisma/schema.prisma says which there are, and a new one does not compile
 * before it is said here what it opens.
 */
const sights = {
	customer: {
		OWNER: { consumed: true, provided: true },
		MANAGER: { consumed: true, provided: true },
		SUPPORT: { consumed: true, provided: true },
		READER: { consumed: true, provided: true },
	},
	project: {
		ADMIN: { consumed: true, provided: false },
		MANAGER: { consumed: true, provided: false },
		MEMBER: { consumed: true, provided: false },
		OBSERVER: { consumed: true, provided: false },
	},
	offering: {
		MANAGER: { consumed: false, provided: true },
	},
} as const satisfies {
	readonly customer: Readonly<Record<CustomerRoleName, Sight>>;
	readonly project: Readonly<Record<ProjectRoleName, Sight>>;
	readonly offering: Readonly<Record<OfferingRoleName, Sight>>;
};

/** The roles on a customer, project or offering that open the side: a role that is not among them, as of a newer service, opens nothing. */
export const rolesOpening = (side: keyof Sight, on: keyof typeof sights): readonly string[] =>
	Object.entries<Sight>(sights[on]).flatMap(([role, sight]) => (sight[side] ? [role] : []));
