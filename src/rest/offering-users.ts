import { mayReadEmail } from "../access/permissions.ts";
import { offeringUsersWith } from "../domain/catalogue/catalogue.list.ts";
import { listRoute, retrieveRoute, rowsOf } from "./collection.ts";
import { type Fields, hexOf, link, moment, plain } from "./fields.ts";
import { flag, only, text, uuid } from "./parameters.ts";
import type { Route } from "./route.ts";

const path = "marketplace-offering-users/";

const fields: Fields = {
	url: link("marketplace-offering-users", "uuid"),
	uuid: hexOf("uuid"),
	user: link("users", "userUuid"),
	offering: link("marketplace-provider-offerings", "offeringUuid"),
	username: plain("username"),
	offering_uuid: hexOf("offeringUuid"),
	offering_name: plain("offering.name"),
	user_uuid: hexOf("userUuid"),
	user_username: plain("user.username"),
	user_full_name: plain("user.fullName"),
	user_email: {
		columns: ["user.uuid", "user.email"],
		values: (rows, { context: { viewer } }) =>
			rows.map(({ user }) => {
				const { uuid, email } = user as { uuid: string; email: string };
				return mayReadEmail(viewer, uuid) ? email : null;
			}),
	},
	created: moment("created"),
	modified: moment("modified"),
	customer_uuid: hexOf("offering.providerUuid"),
	customer_name: plain("offering.provider.name"),
	is_restricted: plain("isRestricted"),
};

export const offeringUserRoutes: readonly Route[] = [
	listRoute({
		path,
		parameters: { offering_uuid: only(uuid), user_uuid: only(uuid), username: text, is_restricted: flag },
		fields,
		choosesFields: true,
		price: { count: 1 },
		rows: ({ offering_uuid: offeringUuid, user_uuid: userUuid, username, is_restricted: isRestricted }, { context }, shape) =>
			rowsOf(context, offeringUsersWith({ offeringUuid, userUuid, username, isRestricted }, context.timeZone), shape),
	}),
	retrieveRoute({ path, model: "OfferingUser", fields, choosesFields: true }),
];
