/** What a client may hold open, and for how long. src/server/README.md has the same figures. */

/** Connections of a token: WebSockets and streams of events together. */
export const connectionsPerToken = 10;
/** Exports of a token that are under way. */
export const exportsPerToken = 2;
/** Tokens that sign in on one WebSocket. */
export const tokensPerSocket = 10;
export const subscriptionsPerSocket = 50;

/** Milliseconds until a WebSocket is initialised, until a token has signed in on it, and between two pings. */
export const initialisedWithin = 3_000;
export const signedInWithin = 10_000;
export const betweenPings = 12_000;

/**
 * Milliseconds that a client may take to send what it asks, that a connection may be kept without a request, and that one may
 * be idle while a response is sent; and how often Node.js looks for those that took longer.
 */
export const connectionTimeouts = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5_000, timeout: 60_000, maxHeadersCount: 100 };
export const betweenLooks = 5_000;
