import { type Kind, type ShapeName, shapes } from "./shapes.ts";
import { type Entry, hex, type Item, namedHex } from "./state.ts";

/** Links of records: the path of what they point at. The uuid stands in `<field>_uuid`, or in the field itself. */
const links: Readonly<Partial<Record<ShapeName, Readonly<Record<string, string>>>>> = {
	projects: { customer: "customers" },
	"marketplace-provider-offerings": { customer: "customers", category: "marketplace-categories" },
	"marketplace-resources": { offering: "marketplace-public-offerings", project: "projects", plan: "marketplace-plans" },
	"marketplace-offering-users": { offering: "marketplace-provider-offerings", user: "users" },
	"marketplace-component-user-usages": { component_usage: "marketplace-component-usages", user: "marketplace-offering-users" },
	"component-user-usage-limits": { resource: "marketplace-resources", user: "marketplace-offering-users" },
	"marketplace-offering-usage-policies": { scope: "marketplace-provider-offerings" },
};

/** Parts of records that have a shape of their own. */
const partShapes: Readonly<Partial<Record<ShapeName, Readonly<Record<string, ShapeName>>>>> = {
	"marketplace-categories": { components: "category-component" },
	"marketplace-provider-offerings": { components: "offering-component", plans: "plan" },
};

/** Fields of text that are null when there is nothing. */
const nullTexts = new Set(["parent_uuid", "parent_name", "fired_datetime", "project_end_date", "plan", "user"]);

/** A record as Waldur answers with it: with every field that it publishes, uuids of 32 digits and absolute links. */
export function published(shape: ShapeName, { item, created, modified }: Entry, base: URL): Item {
	const moments = { created: created.toISOString(), modified: modified.toISOString(), date_joined: created.toISOString() };
	const whole = filled(shape, item, base, moments);
	for (const [field, path] of Object.entries(links[shape] ?? {})) {
		const uuid = hex(item[`${field}_uuid`]) ?? hex(item[field]);
		whole[field] = uuid === undefined ? null : `${base.href}${path}/${uuid}/`;
	}
	if (shape === "marketplace-offering-usage-policies" && Array.isArray(item["organization_groups"])) {
		whole["organization_groups"] = item["organization_groups"].map((group) => `${base.href}organization-groups/${hex(uuidIn(group))}/`);
	}
	return whole;
}

/** The item with the fields of its shape that it lacks. */
function filled(shape: ShapeName, item: Item, base: URL, moments: Item): Record<string, unknown> {
	const whole: Record<string, unknown> = {};
	for (const [field, kind] of shapes[shape]) whole[field] = moments[field] ?? plausible(shape, field, kind, item, base);
	for (const [field, value] of Object.entries(item)) {
		const isUuid = field === "uuid" || field.endsWith("_uuid");
		whole[field] = isUuid ? (hex(value) ?? value) : whole[field] === 0 && typeof value === "string" ? Number(value) : value;
	}
	for (const [field, partShape] of Object.entries(partShapes[shape] ?? {})) {
		const parts: unknown = item[field];
		if (Array.isArray(parts)) whole[field] = parts.map((part: Item) => filled(partShape, part, base, {}));
	}
	return whole;
}

function plausible(shape: ShapeName, field: string, kind: Kind, item: Item, base: URL): unknown {
	switch (kind) {
		case "number":
			return 0;
		case "boolean":
			return field === "is_active" || field === "shared" || field === "billable";
		case "list":
			return [];
		case "object":
			return {};
		case "nullable":
			return null;
		case "text":
			return text(shape, field, item, base);
	}
}

function text(shape: ShapeName, field: string, item: Item, base: URL): string | null {
	const uuid = hex(item["uuid"]) ?? namedHex(shape, JSON.stringify(item));
	if (nullTexts.has(field)) return null;
	if (field === "uuid") return uuid;
	if (field.endsWith("_uuid")) return namedHex(shape, uuid, field);
	if (field === "url" || field.endsWith("_url")) return `${base.href}${shape}/${uuid}/`;
	if (field === "abbreviation" || field === "description") return "";
	if (field.endsWith("_description")) return "What it is for, and whom to ask about it, in a sentence or two.";
	if (field.includes("email")) return `somebody-${uuid.slice(-4)}@example.org`;
	if (field === "slug" || field.endsWith("_slug")) return `slug-${uuid.slice(-6)}`;
	if (field.includes("date") || field === "last_sync") return "2024-01-01T00:00:00.000000Z";
	if (field.endsWith("_name") || field.endsWith("_title") || field.endsWith("_label")) return `Name of ${field.replaceAll("_", " ")}`;
	if (/price|percent/.test(field)) return "0.00";
	return "";
}

const uuidIn = (group: unknown): unknown => (typeof group === "object" && group !== null ? Reflect.get(group, "uuid") : group);
