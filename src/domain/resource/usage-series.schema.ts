import { builder } from "../../graphql/builder.ts";
import { namedIn } from "../../graphql/fields/by-uuid.ts";
import { computed } from "../../graphql/fields/computed.ts";
import { loaded } from "../../graphql/fields/loaded.ts";
import { OfferingComponent, Resource } from "../../graphql/nodes.ts";
import { seriesLines } from "./resource.store.ts";
import { type SeriesLine, type SeriesPoint, seriesMonths, seriesPoints } from "./usage-series.ts";

const UsageSeriesPoint = builder.objectRef<SeriesPoint>("UsageSeriesPoint").implement({
	description: "One month of a line.",
	fields: (t) => ({
		billingPeriod: t.expose("billingPeriod", { type: "Date", description: "First day of the billing month." }),
		usage: t.expose("usage", { type: "Decimal", nullable: true, description: "What was used, in the line's measured unit; null where nothing was reported." }),
	}),
});

const UsageSeries = builder.objectRef<SeriesLine>("UsageSeries").implement({
	description: "A resource's usage of one component month by month: a line of a chart.",
	fields: (t) => ({
		type: t.exposeString("type", { description: "Type of the component, such as cpu." }),
		name: t.exposeString("name", { description: "Display name of the component." }),
		measuredUnit: t.exposeString("measuredUnit", { description: "Unit of the line's figures." }),
		component: t.field({
			type: OfferingComponent,
			description: "The component.",
			resolve: namedIn("OfferingComponent", ({ componentUuid }) => componentUuid),
		}),
		username: t.exposeString("username", { nullable: true, description: "Whose part the line shows; null when it shows the whole." }),
		points: t.field({ type: [UsageSeriesPoint], description: "Every month of the range in order.", resolve: computed([], seriesPoints) }),
	}),
});

builder.prismaObjectField(Resource, "usageSeries", (t) =>
	t.field({
		type: [UsageSeries],
		description:
			"Usage by month and component, as a chart draws it: a line for each component that usage is reported of, by type, with a point for every month. " +
			"Error BAD_USER_INPUT when from is later than to, or they are more than 120 months apart.",
		args: {
			from: t.arg({ type: "Date", required: true, description: "A day of the first month." }),
			to: t.arg({ type: "Date", required: true, description: "A day of the last month." }),
			types: t.arg.stringList({ description: "Types of the components to show; all that usage is reported of when absent." }),
			byUser: t.arg.boolean({
				description: "Whether to show, instead of the whole, a line for each username that a part was reported for.",
				defaultValue: false,
			}),
		},
		resolve: loaded("usageSeries", async (uuids, { from, to, types, byUser }, { database, viewer }) =>
			seriesLines(database, viewer, uuids, { months: seriesMonths(from, to), types: types ?? undefined, byUser: byUser ?? false }),
		),
	}),
);
