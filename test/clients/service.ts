import type { GatewayOptions } from "../support/gateway.ts";
import { limited } from "../support/limited.ts";

/** The demo world behind the limits of every request that are published, without those of a token, which the haste of a test would meet. */
export const published: GatewayOptions = {
	template: "demo",
	limits: { ...limited, hosts: [], admission: { ...limited.admission, costPerSecond: 0 } },
};

/** What a client sends to be who has the token. */
export const signedIn = (token: string): { authorization: string } => ({ authorization: `Token ${token}` });
