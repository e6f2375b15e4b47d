import { expect, test } from "vitest";
import { clientAddress, proxiesAt } from "../../src/server/limits/client-address.ts";
import { connectionsWithin } from "../../src/server/limits/open-files.ts";
import { createSlots } from "../../src/server/limits/slots.ts";

const proxies = proxiesAt(["127.0.0.1", "10.0.0.0/8", "fd00::/8"]);

const from = (peer: string, forwarded?: string) =>
	clientAddress({ socket: { remoteAddress: peer }, headers: { "x-forwarded-for": forwarded } } as unknown as Parameters<typeof clientAddress>[0], proxies);

test.each([
	["a client that asks by itself is its own peer, whatever it says of another", "192.0.2.7", "198.51.100.1", "192.0.2.7"],
	["one behind a proxy is whom the proxy names", "10.1.2.3", "198.51.100.1", "198.51.100.1"],
	["of several that are named it is the last that is no proxy", "127.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"],
	["what is no address is nobody's", "127.0.0.1", "198.51.100.1, <script>", "127.0.0.1"],
	["a proxy that names nobody asks for itself", "127.0.0.1", undefined, "127.0.0.1"],
	["an IPv4 address is the same within IPv6", "::ffff:10.0.0.2", "::ffff:198.51.100.1", "198.51.100.1"],
	["one of IPv6 is named by a proxy of IPv6", "fd00::1", "2001:db8:0:7::1", "2001:db8:0:7::1"],
])("%s", (_sentence, peer, forwarded, client) => expect(from(peer, forwarded)).toBe(client));

test("a slot that is given back twice is one slot", () => {
	const slots = createSlots(2);
	const [one] = [slots.take("ann"), slots.take("ann")];
	expect(slots.take("ann")).toBeUndefined();
	one?.();
	one?.();
	expect([slots.take("ann"), slots.take("ann")]).toEqual([expect.any(Function), undefined]);
	expect(slots.take("bob")).toBeDefined();
});

test.each([
	["Max open files            1024                 4096                 files", 924],
	["Max open files            64                   64                   files", 32],
	["Max open files            unlimited            unlimited            files", Number.POSITIVE_INFINITY],
	[undefined, Number.POSITIVE_INFINITY],
])("by «%s» connections leave room for files and health", (limits, most) => expect(connectionsWithin(limits, { kind: "server", poolSize: 10 })).toBe(most));
