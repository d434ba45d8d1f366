// Days as they are kept (2026-11-21) and as they are read (21 November 2026).

/** Today where the reader is, as it is kept. */
export function today() {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** A kept day, or moment, in words.
 *  @param {string} date begins with an ISO date */
export const inWords = (date) =>
  new Date(date.slice(0, 10)).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
