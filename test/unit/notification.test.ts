import { describe, expect, test } from "vitest";
import { type Announcement, mailOf } from "../../src/domain/notification/message.ts";
import { afterFailure, failureOf } from "../../src/domain/notification/notification.ts";

const now = new Date("2026-11-20T12:00:00.000Z");

describe("a failed attempt", () => {
	test.each([
		[1, 1],
		[2, 2],
		[3, 4],
		[4, 8],
		[5, 16],
		[6, 32],
		[7, 64],
		[8, 128],
		[9, 256],
	])("if it was number %i, is followed by another one %i minutes later", (attempts, minutes) => {
		expect(afterFailure(attempts, now)).toEqual({ state: "PENDING", due: new Date(now.getTime() + minutes * 60_000) });
	});

	test("if it was the tenth, is the last", () => {
		expect(afterFailure(10, now).state).toBe("FAILED");
	});
});

describe("the reason of a failure", () => {
	const untold = { recipient: "Ann.Smith@example.org", secrets: ["gateway", "p4ss+word"] };
	const answered = (response: string) => failureOf({ code: "EENVELOPE", response, message: `Can't send mail: ${response}` }, untold).reason;

	test.each([
		["is what the server answered", "452 4.2.2 mailbox full", "452 4.2.2 mailbox full"],
		["is one line", "452-4.2.2 mailbox\r\n452 4.2.2 full", "452-4.2.2 mailbox 452 4.2.2 full"],
		["does not name the recipient", "550 5.1.1 <ann.smith@EXAMPLE.org>: unknown", "550 5.1.1 <the recipient>: unknown"],
		["does not name the recipient's mailbox", "550 5.1.1 no mailbox ann.smith here", "550 5.1.1 no mailbox the recipient here"],
		["does not tell how the service signs in", "553 not owned by user Gateway (p4ss+word)", "553 not owned by user … (…)"],
	])("%s", (_what, response, reason) => {
		expect(answered(response)).toBe(reason);
	});

	test("is at most 300 characters long", () => {
		expect(answered(`550 ${"long ".repeat(100)}`)).toHaveLength(300);
	});

	test.each([
		["ESOCKET", "connect ECONNREFUSED 10.1.2.3:25", "The connection to the mail server failed (ECONNREFUSED)."],
		["EDNS", "getaddrinfo ENOTFOUND mail.internal", "The connection to the mail server failed (ENOTFOUND)."],
		["ETIMEDOUT", "Greeting never received", "The mail server did not answer in time."],
		["EABORT", "This operation was aborted", "The attempt took too long, or the service was stopped."],
		["EENVELOPE", 'Invalid recipient "<"', "The address cannot be mailed."],
		[undefined, "cannot read /srv/secret", "The message could not be sent."],
	])("without an answer (%s) is a sentence that names no host", (code, message, reason) => {
		expect(failureOf({ code, message }, untold).reason).toBe(reason);
	});

	test("does not repeat what the server says to a refused sign-in", () => {
		const failure = { code: "EAUTH", response: "535 5.7.8 no such user as gw@example.org", message: "Invalid login: 535 5.7.8 no such user as gw@example.org" };
		expect(failureOf(failure, untold)).toEqual({ cause: "SIGN_IN", reason: "The mail server refused the service's sign-in." });
	});
});

describe("a message", () => {
	const announcement: Announcement = {
		uuid: "8d7e5c4f-0000-4000-8000-000000000001",
		recipient: "ann@example.org",
		offering: "Larch supercomputer",
		windowStart: "2026-09-01",
		windowEnd: "2026-11-01",
		firings: 1,
		since: now,
		fired: now,
		reset: null,
		exceeded: [
			{ name: "CPU hours", measuredUnit: "h", figures: { used: "50001.00", limit: "50000" } },
			{ name: "Jobs", measuredUnit: "", figures: { used: "11", limit: "10" } },
		],
	};
	const textOf = (changes: Partial<Announcement>) => mailOf({ ...announcement, ...changes }).text;

	test("names the offering, the months and the exceeded components with their figures", () => {
		expect(mailOf(announcement)).toEqual({
			messageId: "<8d7e5c4f-0000-4000-8000-000000000001@usage-gateway>",
			recipient: "ann@example.org",
			subject: "Usage limit exceeded: Larch supercomputer",
			date: now,
			text: [
				'The usage of "Larch supercomputer" exceeds what its provider allows.',
				"",
				"Months that count: 2026-09 to 2026-11",
				"Exceeded:",
				"- CPU hours: 50001 h, the limit is 50000 h",
				"- Jobs: 11, the limit is 10",
				"",
				"Found at 2026-11-20T12:00:00.000Z. This message was sent by a program; please do not answer it.",
				"",
			].join("\n"),
		});
	});

	test("without figures names the components and what they are measured in", () => {
		const exceeded = announcement.exceeded.map((component) => ({ ...component, figures: null }));
		expect(textOf({ exceeded }).split("\n").slice(4, 6)).toEqual(["- CPU hours, in h", "- Jobs"]);
	});

	test("of several firings says how often the policy turned, and that it is exceeded now", () => {
		const text = textOf({ firings: 100, since: new Date("2026-11-20T11:00:00.000Z") });
		expect(text.split("\n")[1]).toBe("It began to be exceeded 100 times since 2026-11-20T11:00:00.000Z, and is exceeded now.");
	});

	test.each([
		[1, "It has not been exceeded since 2026-11-20T12:30:00.000Z."],
		[3, "It has not been exceeded since 2026-11-20T12:30:00.000Z. It was exceeded 3 times since 2026-11-20T11:00:00.000Z."],
	])("that is late, after %i firings and a reset, says that the limit is kept again", (firings, course) => {
		const { subject, text } = mailOf({ ...announcement, firings, since: new Date("2026-11-20T11:00:00.000Z"), reset: new Date("2026-11-20T12:30:00.000Z") });
		expect(subject).toBe("Usage limit was exceeded: Larch supercomputer");
		expect(text.split("\n").slice(0, 2)).toEqual(['The usage of "Larch supercomputer" exceeded what its provider allows.', course]);
	});

	test.each([
		["one month", "2026-11-01", "2026-11"],
		["everything", null, "all up to 2026-11"],
	])("about %s says so", (_window, windowStart, months) => {
		expect(textOf({ windowStart })).toContain(`Months that count: ${months}\n`);
	});

	test("gives a name no line of its own, whatever line breaks are in it", () => {
		const { subject, text } = mailOf({
			...announcement,
			offering: "Larch\r\nBcc: eve@example.org\n\nPay\u2028here",
			exceeded: [{ name: "CPU\nhours", measuredUnit: "h\r\n.", figures: null }],
		});
		expect(subject).toBe("Usage limit exceeded: Larch Bcc: eve@example.org Pay here");
		expect(text.split("\n").slice(0, 6)).toEqual([
			'The usage of "Larch Bcc: eve@example.org Pay here" exceeds what its provider allows.',
			"",
			"Months that count: 2026-09 to 2026-11",
			"Exceeded:",
			"- CPU hours, in h .",
			"",
		]);
	});
});
