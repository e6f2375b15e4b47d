import type { IncomingMessage } from "node:http";

/** The address at the other end of the connection: a client's, or that of a proxy before the service. */
export const addressOf = ({ socket }: IncomingMessage): string => socket.remoteAddress ?? "";
