import { builder } from "../../graphql/builder.ts";
import { DeliveryState } from "../../graphql/enums.ts";
import { computed } from "../../graphql/fields/computed.ts";
import { loaded } from "../../graphql/fields/loaded.ts";
import { ComponentUsage, ComponentUserUsage, ComponentUserUsageLimit, OfferingUsagePolicy } from "../../graphql/nodes.ts";
import { type DeliveryStatus, deliveriesOf } from "./delivery.store.ts";
import type { ChangedKind } from "./outbox.store.ts";

const WaldurDelivery = builder.objectRef<DeliveryStatus>("WaldurDelivery").implement({
	description: "How far the last change of an object that was made here has come on its way to the Waldur that this service is kept in step with.",
	fields: (t) => ({
		state: t.field({ type: DeliveryState, description: "Where it is on its way.", resolve: computed(["state"], ({ state }) => state) }),
		attempts: t.int({ description: "How often it was tried to send it.", resolve: computed(["attempts"], ({ attempts }) => attempts) }),
		error: t.string({
			nullable: true,
			description: "Why Waldur refused it, in its words; while it is PENDING, why the last attempt failed, for staff and support alone. Null otherwise.",
			resolve: computed(["error"], ({ error }) => error),
		}),
		queued: t.field({ type: "DateTime", description: "When the change was made.", resolve: computed(["queued"], ({ queued }) => queued) }),
		sent: t.field({
			type: "DateTime",
			nullable: true,
			description: "When Waldur accepted a change of the object last; null when it never did.",
			resolve: computed(["sent"], ({ sent }) => sent),
		}),
	}),
});

const delivery = (kind: ChangedKind) => ({
	type: WaldurDelivery,
	nullable: true as const,
	description:
		"How its last change here is delivered to Waldur; null where nothing is sent, as without WALDUR_WRITE, or of what was imported and not changed here.",
	resolve: loaded(`delivery of ${kind}`, (uuids, _args, { database, viewer }) => deliveriesOf(database, viewer, kind, uuids)),
});

builder.prismaObjectField(ComponentUsage, "delivery", (t) => t.field(delivery("componentUsage")));
builder.prismaObjectField(ComponentUserUsage, "delivery", (t) => t.field(delivery("componentUserUsage")));
builder.prismaObjectField(ComponentUserUsageLimit, "delivery", (t) => t.field(delivery("userLimit")));
builder.prismaObjectField(OfferingUsagePolicy, "delivery", (t) => t.field(delivery("policy")));
