import { expect, test } from "vitest";
import { parseConfig } from "../../src/config.ts";

const unsigned = { user: undefined, password: undefined };

test.each([
	["smtp://mail.example.org", { host: "mail.example.org", port: 587, secure: false, ...unsigned }],
	["smtps://mail.example.org/", { host: "mail.example.org", port: 465, secure: true, ...unsigned }],
	["smtp://127.0.0.1:2525", { host: "127.0.0.1", port: 2525, secure: false, ...unsigned }],
	["smtp://[::1]:25", { host: "::1", port: 25, secure: false, ...unsigned }],
	["smtps://gw%40example.org:p4%3Ass@mail.example.org:4465", { host: "mail.example.org", port: 4465, secure: true, user: "gw@example.org", password: "p4:ss" }],
])("SMTP_URL=%s is that mail server", (url, server) => {
	expect(parseConfig({ SMTP_URL: url }).mailServer).toEqual(server);
});

test.each([
	"mail.example.org",
	"http://mail.example.org",
	"smtp://",
	"smtp:///path",
	"smtp://mail.example.org?pool=true",
	"smtp://100%:s3cret@mail.example.org",
])("SMTP_URL=%s is refused, without repeating it", (url) => {
	expect(() => parseConfig({ SMTP_URL: url })).toThrow(/^SMTP_URL must look like smtp:\/\/user:password@host:587 or smtps:\/\/user:password@host\.$/);
});

test.each(["gateway", "gateway@", "Gateway <gateway@example.org>", "a@example.org, b@example.org", "gateway@example.org\nBcc: eve@example.org"])(
	"SMTP_FROM=%j is refused",
	(from) => {
		expect(() => parseConfig({ SMTP_FROM: from })).toThrow("SMTP_FROM must be an e-mail address such as alerts@example.org");
	},
);

test("a recipient gets a message an hour, and nothing older than a day, unless it is said otherwise", () => {
	expect(parseConfig({}).notifications).toEqual({ interval: 3_600_000, maxAge: 86_400_000 });
	expect(parseConfig({ NOTIFICATION_INTERVAL: "0", NOTIFICATION_MAX_AGE: "1" }).notifications).toEqual({ interval: 0, maxAge: 3_600_000 });
});

test.each([
	[{ NOTIFICATION_INTERVAL: "-1" }, "NOTIFICATION_INTERVAL must be a whole number from 0"],
	[{ NOTIFICATION_MAX_AGE: "0" }, "NOTIFICATION_MAX_AGE must be a whole number from 1"],
	[{ NOTIFICATION_INTERVAL: "60", NOTIFICATION_MAX_AGE: "1" }, "NOTIFICATION_INTERVAL, in minutes, must be shorter than NOTIFICATION_MAX_AGE, in hours"],
])("%j is refused", (settings, problem) => {
	expect(() => parseConfig(settings)).toThrow(problem);
});

test("without SMTP_URL there is no mail server, and notifications would come from this computer", () => {
	expect(parseConfig({})).toMatchObject({ mailServer: undefined, mailFrom: "usage-gateway@localhost" });
});
