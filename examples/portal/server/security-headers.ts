/** The policies for the two pages and for everything else that the portal answers. */
export interface ContentPolicies {
  readonly signIn: string
  readonly dashboard: string
  readonly other: string
}

/** Writes the content security policies, given where Qlik is. */
export function toContentPolicies(qlikUrl: URL): ContentPolicies {
  const qlikSockets = qlikUrl.origin.replace(/^http/, 'ws')
  const everywhere = [
    "default-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ]
  return {
    signIn: [...everywhere, "style-src 'self'", "img-src 'self'"].join('; '),
    dashboard: [
      ...everywhere,
      "script-src 'self'",
      // Needed by nebula.js alone: it writes <style> elements, and its charts style attributes.
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self'",
      `connect-src 'self' ${qlikUrl.origin} ${qlikSockets}`,
    ].join('; '),
    other: "default-src 'none'; frame-ancestors 'none'",
  }
}

/** The headers that every answer carries. */
export function toSecurityHeaders(publicUrl: URL): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    // Not `no-referrer`: with that, browsers send `Origin: null` with our own forms.
    'Referrer-Policy': 'same-origin',
    'X-Frame-Options': 'DENY',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
    ...(publicUrl.protocol === 'https:' && { 'Strict-Transport-Security': 'max-age=31536000' }),
  }
}
