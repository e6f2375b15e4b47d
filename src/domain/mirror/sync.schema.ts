import { builder } from "../../graphql/builder.ts";
import { computed } from "../../graphql/fields/computed.ts";
import { loadedBy } from "../../graphql/fields/loaded.ts";
import { secondsSince, syncState } from "./mirror.ts";
import { visibleSyncStatus } from "./sync.service.ts";
import type { SyncedList, SyncStatus } from "./sync.store.ts";

const WaldurSyncState = builder.enumType("WaldurSyncState", {
	description: "How the last pass of synchronization ended.",
	values: {
		NEVER: { description: "None has ended yet." },
		OK: { description: "It ended well." },
		HELD: { description: "It ended well, but would remove so much that this waits: `npm run sync -- --yes` confirms it." },
		FAILED: { description: "It could not be completed; the next one tries again." },
	} as const,
});

const WaldurSyncList = builder.objectRef<SyncedList>("WaldurSyncList").implement({
	description: "What the last pass did with one list of Waldur.",
	fields: (t) => ({
		name: t.string({ description: "The list, as Waldur's API names it, such as marketplace-resources.", resolve: computed(["name"], ({ name }) => name) }),
		read: t.int({ description: "Records that were read.", resolve: computed(["read"], ({ read }) => read) }),
		changed: t.int({ description: "Records that were new here, or different.", resolve: computed(["changed"], ({ changed }) => changed) }),
		removed: t.int({ description: "What Waldur no longer has and was removed here.", resolve: computed(["removed"], ({ removed }) => removed) }),
		refused: t.int({
			description: "Records, or parts of one, that are malformed or refer to something missing.",
			resolve: computed(["refused"], ({ refused }) => refused),
		}),
		held: t.int({ description: "Removals that wait to be confirmed: more than a pass makes by itself.", resolve: computed(["held"], ({ held }) => held) }),
	}),
});

const WaldurSync = builder.objectRef<SyncStatus>("WaldurSync").implement({
	description: "How far this service is in step with its Waldur.",
	fields: (t) => ({
		state: t.field({
			type: WaldurSyncState,
			description: "How the last pass ended.",
			resolve: computed(["lastSuccess", "error", "lists"], (status) => syncState(status)),
		}),
		isRunning: t.boolean({ description: "Whether a pass is under way, in any process.", resolve: computed(["isRunning"], ({ isRunning }) => isRunning) }),
		lastSuccess: t.field({
			type: "DateTime",
			nullable: true,
			description: "When the last pass that ended well began: what Waldur stored before is here. Null before the first.",
			resolve: computed(["lastSuccess"], ({ lastSuccess }) => lastSuccess),
		}),
		lastWhole: t.field({
			type: "DateTime",
			nullable: true,
			description: "When the last pass began that read everything and removed what Waldur no longer has. Null before the first.",
			resolve: computed(["lastWhole"], ({ lastWhole }) => lastWhole),
		}),
		lag: t.int({
			nullable: true,
			description: "Seconds since `lastSuccess`.",
			resolve: computed(["lastSuccess"], ({ lastSuccess }, { clock }) => secondsSince(lastSuccess, clock())),
		}),
		error: t.string({ nullable: true, description: "Why the last pass failed; null when it did not.", resolve: computed(["error"], ({ error }) => error) }),
		lists: t.field({
			type: [WaldurSyncList],
			description: "The lists that were read, as the last pass of each left them.",
			resolve: computed(["lists"], ({ lists }) => lists),
		}),
	}),
});

builder.queryField("waldurSync", (t) =>
	t.field({
		type: WaldurSync,
		nullable: true,
		description: "How far this service is in step with its Waldur, for staff and support; null where it has none (WALDUR_URL). Error FORBIDDEN for others.",
		resolve: loadedBy({
			key: () => "",
			batch: () => "waldurSync",
			load: async (_keys, _args, { database, viewer, mirror, clock }) => [await visibleSyncStatus(database, viewer, mirror, clock())],
		}),
	}),
);
