import type { Viewer } from "../../access/viewer.ts";
import type { Queries } from "../../database/database.ts";
import { absent, NotFoundRefusal, refuse } from "../../shared/refusal.ts";
import { visibleGroups } from "./group.store.ts";

/** The groups that an input names as `organizationGroups` are there and seen. Throws NotFoundRefusal with each that is not. */
export async function checkGroups(queries: Queries, viewer: Viewer, uuids: readonly string[]): Promise<void> {
	const seen = await visibleGroups(queries, viewer, uuids);
	const missing = uuids.filter((uuid) => !seen.has(uuid));
	refuse(
		NotFoundRefusal,
		missing.map((uuid) => absent("Organization group", uuid, "organizationGroups")),
	);
}
