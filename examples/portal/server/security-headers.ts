import type { ProductName, View } from './views.ts'

/** The policies for the pages and for everything else that the portal answers. */
export interface ContentPolicies {
  readonly signIn: string
  readonly other: string
  forView(view: View): string
}

/**
 * Writes the content security policies, given where each Qlik is. A view lets in scripts and frames of its product alone;
 * it may call the other one too, where a sign-out ends the session as well.
 */
export function toContentPolicies(
  urls: Readonly<Partial<Record<ProductName, URL>>>,
): ContentPolicies {
  const everywhere = [
    "default-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ]
  const origins = Object.values(urls).map(({ origin }) => origin)
  const toCall = [...origins, ...origins.map((origin) => origin.replace(/^http/, 'ws'))].join(' ')
  return {
    signIn: [...everywhere, "style-src 'self'", "img-src 'self'"].join('; '),
    forView({ needs, product }) {
      const qlik = urls[product]?.origin ?? ''
      return [
        ...everywhere,
        // Where Qlik's scripts run, Qlik can do in this page what the portal can: only some ways ask for it.
        needs.qlikScripts ? `script-src 'self' ${qlik}` : "script-src 'self'",
        needs.inlineStyles ? "style-src 'self' 'unsafe-inline'" : "style-src 'self'",
        "img-src 'self'",
        `connect-src 'self' ${toCall}`,
        ...(needs.qlikFrames ? [`frame-src ${qlik}`] : []),
      ].join('; ')
    },
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
