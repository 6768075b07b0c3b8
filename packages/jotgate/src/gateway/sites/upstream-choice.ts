/** Decides for which deployment a session is, of what `authorise` says of a person. */
export type UpstreamChoice = (
  named: unknown,
) => { readonly upstream: string; readonly problem?: undefined } | { readonly problem: string }

/**
 * Makes the choice of one site.
 *
 * @param only the deployment of the site; undefined where `authorise` names one for each person
 * @param names the deployments of the gateway
 */
export function createUpstreamChoice(
  only: string | undefined,
  names: ReadonlySet<string>,
): UpstreamChoice {
  if (only !== undefined)
    return (named) =>
      named === undefined || named === only
        ? { upstream: only }
        : { problem: 'this person has another upstream than the one of this site' }
  return (named) => {
    if (named === undefined) return { problem: 'no upstream is named for this person' }
    if (typeof named !== 'string' || !names.has(named))
      return { problem: '`authorise` names an upstream that the gateway does not have' }
    return { upstream: named }
  }
}
