import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { onTestFinished } from "vitest";
import type { MailServer } from "../../src/domain/notification/mail.transport.ts";

/** A message as the server got it. */
export interface Received {
	/** The addresses of the envelope. */
	readonly to: readonly string[];
	/** By name in small letters; a line that was folded is one again. */
	readonly headers: ReadonlyMap<string, string>;
	readonly text: string;
}

/** The addresses that the messages went to, sorted. */
export const addresses = (mails: readonly Received[]): string[] => mails.flatMap(({ to }) => to).sort();

export interface RunningServer {
	/** Where it is, for the transport. */
	readonly address: MailServer;
	readonly url: string;
	/** Every message that was handed over whole, in order. */
	readonly received: readonly Received[];
	stop(): Promise<void>;
}

interface ServerOptions {
	/** An address that the server does not know. */
	readonly unknown?: string;
	/** The password that a sign-in needs; without one there is no sign-in. */
	readonly password?: string;
	/** Between a message's last byte and the answer to it. */
	readonly beforeAnswer?: () => Promise<void>;
}

/** A real mail server on a free port of loopback, until the test ends. */
export async function startMailServer({ unknown, password, beforeAnswer = async () => {} }: ServerOptions = {}): Promise<RunningServer> {
	const received: Received[] = [];
	const server = new SMTPServer({
		disabledCommands: password === undefined ? ["STARTTLS", "AUTH"] : ["STARTTLS"],
		allowInsecureAuth: true,
		disableReverseLookup: true,
		closeTimeout: 1_000,
		onAuth: (auth, _session, answer) =>
			auth.password === password ? answer(null, { user: auth.username }) : answer(new Error(`Wrong password ${auth.password} of ${auth.username}`)),
		onRcptTo: ({ address }, _session, answer) =>
			answer(address === unknown ? Object.assign(new Error(`5.1.1 <${address}> is unknown here`), { responseCode: 550 }) : null),
		onData: async (stream, { envelope }, answer) => {
			const message = await whole(stream);
			if (message === undefined) return;
			received.push(
				parsed(
					message,
					envelope.rcptTo.map(({ address }) => address),
				),
			);
			await beforeAnswer();
			answer(null);
		},
	});
	server.on("error", () => {}); // a client that was killed
	server.listen(0, "127.0.0.1");
	await once(server.server, "listening");
	const { port } = server.server.address() as AddressInfo;
	const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
	onTestFinished(stop);
	return { address: { host: "127.0.0.1", port, secure: false, user: undefined, password: undefined }, url: `smtp://127.0.0.1:${port}`, received, stop };
}

/** The message; undefined when the client broke it off. */
async function whole(stream: AsyncIterable<Buffer>): Promise<string | undefined> {
	const chunks: Buffer[] = [];
	try {
		for await (const chunk of stream) chunks.push(chunk);
	} catch {
		return undefined;
	}
	return Buffer.concat(chunks).toString("utf8");
}

function parsed(message: string, to: string[]): Received {
	const end = message.indexOf("\r\n\r\n");
	const lines = message
		.slice(0, end)
		.replaceAll(/\r\n(?=[ \t])/g, "")
		.split("\r\n");
	const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]));
	const body = message.slice(end + 4).replaceAll("\r\n", "\n");
	return { to, headers, text: headers.get("content-transfer-encoding") === "quoted-printable" ? unquoted(body) : body };
}

const unquoted = (text: string) => text.replaceAll("=\n", "").replaceAll(/=([0-9A-F]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
