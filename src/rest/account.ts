import { objectOf } from "./collection.ts";
import { type Fields, fieldsAsked, hexOf, link, moment, plain } from "./fields.ts";
import type { Route } from "./route.ts";

/** Of the user who is signed in: nobody else's mail address is among it. */
const own: Fields = {
	url: link("users", "uuid"),
	uuid: hexOf("uuid"),
	username: plain("username"),
	full_name: plain("fullName"),
	email: plain("email"),
	is_staff: plain("isStaff"),
	is_active: plain("isActive"),
	is_support: plain("isSupport"),
	date_joined: moment("created"),
};

export const accountRoutes: readonly Route[] = [
	{
		method: "GET",
		path: "users/me/",
		parameters: ["field"],
		price: () => 1,
		answer: async (asked) => ({ status: 200, body: await objectOf("User", fieldsAsked(own, asked.query), asked.context.viewer.uuid, asked) }),
	},
	{ method: "GET", path: "version/", parameters: [], price: () => 1, answer: async ({ version }) => ({ status: 200, body: { version } }) },
];
