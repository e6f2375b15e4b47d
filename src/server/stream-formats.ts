import type { GraphQLError } from "graphql";
import { withoutHttp } from "../graphql/errors.ts";

/** How a stream of events is written over HTTP. */
export interface StreamFormat {
	/** An event's result, and where a client goes on after it. */
	event(text: string, position: string | undefined): string;
	/** What is written after the last event before the stream is cut off. */
	lastBlock(error: GraphQLError): string;
}

/** Whether a client asks for the multipart subscriptions of Apollo; one that takes server-sent events as well gets these. */
export const takesMultipart = (accept: string | null | undefined): boolean =>
	accept != null && /multipart\/mixed\s*;[^,]*subscriptionspec="?1\.0/i.test(accept) && !/text\/event-stream/i.test(accept);

export const formatFor = (accept: string | null | undefined): StreamFormat => (takesMultipart(accept) ? multipart : serverSentEvents);

/**
 * An event has its position in the log as `id`: a client that loses its stream sends it back as Last-Event-ID, by itself if it is
 * an EventSource. An event's fields may come in any order: the id follows the data.
 */
const serverSentEvents: StreamFormat = {
	event: (text, position) => (position === undefined ? text : `${text}\nid: ${position}`),
	lastBlock: (error) => `event: next\ndata: ${JSON.stringify({ errors: [withoutHttp(error)] })}\n\n`,
};

/** What separates the parts of a multipart stream; a part is read when what follows it has come. */
export const delimiter = "\r\n--graphql";

/** A part that is followed by the delimiter of the next one, or by the end. */
export const partOf = (json: string, isLast = false): string => `\r\ncontent-type: application/json\r\n\r\n${json}${delimiter}${isLast ? "--\r\n" : ""}`;

/** What the stream ends with, rather than what went wrong in one event. */
export const endOf = (errors: readonly GraphQLError[]): string => JSON.stringify({ payload: null, errors: errors.map(withoutHttp) });

const multipart: StreamFormat = {
	event: (text) => text,
	lastBlock: (error) => partOf(endOf([error]), true),
};
