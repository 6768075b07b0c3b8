import type { ActualObject } from '../kind.ts'

/**
 * Of a kind of which a setup has one object: the one that it has marked stands under the wanted key, also where its
 * own is another. Otherwise a change of the key would be a deletion and a new object.
 */
export function underWantedKey(
  objects: readonly ActualObject[],
  wantedKey: string | undefined,
): readonly ActualObject[] {
  if (wantedKey === undefined || objects.some(({ key }) => key === wantedKey)) return objects
  const own = objects.find(({ owner }) => owner === 'this-setup')
  return objects.map((one) => (one === own ? { ...one, key: wantedKey } : one))
}
