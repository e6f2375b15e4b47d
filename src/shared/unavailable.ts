/** The message to clients whose subscriptions or connections end because the service stops. */
export const serviceStopping = "The service stops: connect again, and go on from your last position.";

/** Cannot be done at the moment, through no fault of the client: it is sent SERVICE_UNAVAILABLE, and may try again. */
export class Unavailable extends Error {
	override readonly name: string = "Unavailable";
}
