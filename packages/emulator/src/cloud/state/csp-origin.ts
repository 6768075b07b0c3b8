/** The directives an entry can stand for, by the names of the API (qlik-cloud.md §5.2). */
export const cspDirectives = {
  childSrc: 'child-src',
  connectSrc: 'connect-src',
  connectSrcWSS: 'connect-src',
  fontSrc: 'font-src',
  formAction: 'form-action',
  frameAncestors: 'frame-ancestors',
  frameSrc: 'frame-src',
  imgSrc: 'img-src',
  mediaSrc: 'media-src',
  objectSrc: 'object-src',
  scriptSrc: 'script-src',
  styleSrc: 'style-src',
  workerSrc: 'worker-src',
} as const

/** The name of a directive in the API. */
export type CspFlag = keyof typeof cspDirectives

/** All names, in the API's order. */
export const cspFlags = Object.keys(cspDirectives) as CspFlag[]

/** An entry of the tenant's Content Security Policy. */
export interface CspOrigin {
  readonly id: string
  /** Host and port, without a scheme. */
  readonly origin: string
  readonly name: string
  readonly description: string
  readonly flags: ReadonlySet<CspFlag>
  readonly createdDate: string
  readonly modifiedDate: string
}
