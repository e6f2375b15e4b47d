import type { ListName } from "./source.ts";

/** The lists of roles by what the roles are on: how Waldur names that, and how names of its roles begin. */
const scopes = {
	"customer-permissions": "customer",
	"project-permissions": "project",
	"offering-permissions": "offering",
} as const satisfies Partial<Record<ListName, string>>;

export type RoleList = keyof typeof scopes;

export const isRoleList = (list: ListName): list is RoleList => Object.hasOwn(scopes, list);

/** Whether the role belongs into the list: by its name, such as PROJECT.ADMIN, and a role of another name by the type of its scope. */
export function isOfList(list: RoleList, role: unknown): boolean {
	const [prefix] = textOf(role, "role_name").toLowerCase().split(".", 1);
	const named = Object.values(scopes).find((scope) => scope === prefix);
	return scopes[list] === (named ?? textOf(role, "scope_type").toLowerCase());
}

function textOf(record: unknown, field: string): string {
	const value: unknown = typeof record === "object" && record !== null ? Reflect.get(record, field) : undefined;
	return typeof value === "string" ? value : "";
}
