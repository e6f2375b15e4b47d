/** What clients are told whose subscriptions or connections a service ends that stops. */
export const serviceStopping = "The service stops: connect again, and go on from your last position.";

/** Cannot be done at the moment, through nobody's fault who asked: they are answered SERVICE_UNAVAILABLE, and may try again. */
export class Unavailable extends Error {
	override readonly name: string = "Unavailable";
}
