const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * Makes the key that client-managed Qlik wants twice with a call, in the query and in a header: 16 letters and
 * digits. It is not a secret: that a page of another origin cannot set the header is the protection.
 *
 * @see https://help.qlik.com/en-US/sense-developer/, Qlik Sense Repository Service API, Using Xrfkey headers
 */
export function createXrfkey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => alphabet[byte % alphabet.length]).join('')
}
