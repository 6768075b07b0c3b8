/** What a policy of Qlik's becomes behind the gateway. */
export interface PolicyChanges {
  /** Origins of pages that may frame the answer. */
  readonly frameAncestors: readonly string[]
  /** The gateway's source for one that is the deployment; undefined for others. */
  readonly exchange: (source: string) => string | undefined
}

/** A policy, and whether it says who may frame the answer. */
export interface ChangedPolicy {
  readonly value: string
  readonly hasFrameAncestors: boolean
}

/**
 * Changes a Content-Security-Policy for the gateway's origin: `frame-ancestors` becomes the listed origins, and in
 * `connect-src` the gateway stands in the deployment's place. All else is kept as it came.
 *
 * @see https://www.w3.org/TR/CSP3/, parsing of serialized policies
 */
export function changePolicy(value: string, changes: PolicyChanges): ChangedPolicy {
  let hasFrameAncestors = false
  const changed = value
    .split(',')
    .map((policy) =>
      policy
        .split(';')
        .map((directive) => {
          const [name = '', ...sources] = directive.trim().split(/[\t\n\f\r ]+/)
          if (/^frame-ancestors$/i.test(name)) {
            hasFrameAncestors = true
            return replaced(directive, frameAncestors(changes))
          }
          if (!/^connect-src$/i.test(name)) return directive
          const own = sources.map((source) => changes.exchange(source) ?? source)
          const isSame = own.every((source, at) => source === sources[at])
          return isSame ? directive : replaced(directive, [name, ...new Set(own)].join(' '))
        })
        .join(';'),
    )
    .join(',')
  return { value: changed, hasFrameAncestors }
}

/** The directive that lets the listed origins frame an answer. */
export const frameAncestors = ({ frameAncestors }: Pick<PolicyChanges, 'frameAncestors'>) =>
  `frame-ancestors ${frameAncestors.join(' ')}`

/** Another directive with the same space around it. */
function replaced(directive: string, by: string): string {
  const [, before = '', after = ''] = /^(\s*).*?(\s*)$/s.exec(directive) ?? []
  return `${before}${by}${after}`
}
