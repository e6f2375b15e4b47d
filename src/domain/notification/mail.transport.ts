import { createTransport } from "nodemailer";
import type { Mail } from "./message.ts";
import { type Failed, failureOf } from "./notification.ts";

/** Waits in milliseconds: all of an attempt ends within half of a notification's lease, even when the server hangs. */
const timeouts = { connection: 10_000, greeting: 10_000, silence: 30_000, attempt: 60_000 };

/** A mail server that takes messages by SMTP. */
export interface MailServer {
	host: string;
	port: number;
	/** TLS from the first byte; otherwise as soon as the server offers it. */
	secure: boolean;
	user: string | undefined;
	password: string | undefined;
}

/** The server behind an smtp:// or smtps:// address; undefined for what is none. Nothing but user, password, host and port may be in it. */
export function mailServerOf(text: string): MailServer | undefined {
	if (!URL.canParse(text)) return undefined;
	const { protocol, username, password, hostname, port, pathname, search, hash } = new URL(text);
	if (!["smtp:", "smtps:"].includes(protocol) || hostname === "" || pathname.length > 1 || search !== "" || hash !== "") return undefined;
	const secure = protocol === "smtps:";
	try {
		return {
			host: hostname.replace(/^\[(.*)\]$/, "$1"),
			port: port === "" ? (secure ? 465 : 587) : Number(port),
			secure,
			user: username === "" ? undefined : decodeURIComponent(username),
			password: password === "" ? undefined : decodeURIComponent(password),
		};
	} catch {
		return undefined; // a % that escapes nothing
	}
}

/** The way to a mail server. */
export interface MailTransport {
	/** Sends a message. Returns why it was not sent; nothing when the mail server took it. */
	send(mail: Mail): Promise<Failed | undefined>;
	/** Breaks off what is being sent, and sends nothing any more. */
	close(): void;
}

/** Sends by SMTP in the name of the address, each message over a connection of its own. */
export function openMailTransport({ host, port, secure, user, password }: MailServer, from: string): MailTransport {
	const closed = new AbortController();
	const transporter = createTransport({
		host,
		port,
		secure,
		...(user === undefined ? {} : { auth: { user, pass: password ?? "" } }),
		dnsTimeout: timeouts.connection,
		connectionTimeout: timeouts.connection,
		greetingTimeout: timeouts.greeting,
		socketTimeout: timeouts.silence,
		disableFileAccess: true,
		disableUrlAccess: true,
	});
	const secrets = [user ?? "", password ?? ""];
	return {
		send: async ({ messageId, recipient, subject, text, date }) => {
			try {
				await transporter.sendMail({
					messageId,
					// Objects are taken as they are: text would be read as a list of addresses.
					from: { name: "", address: from },
					to: { name: "", address: recipient },
					subject,
					text,
					date,
					headers: { "Auto-Submitted": "auto-generated" },
					xMailer: false,
					signal: AbortSignal.any([closed.signal, AbortSignal.timeout(timeouts.attempt)]),
				});
				return undefined;
			} catch (error) {
				return failureOf(error as Error & { code?: string; response?: string }, { recipient, secrets });
			}
		},
		close: () => closed.abort(),
	};
}
