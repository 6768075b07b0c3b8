import type { EngineObject } from './engine-objects.ts'

/**
 * Gives a stored chart, for this session, the properties that its type has and that it lacks. Qlik's own pages store
 * them all, and nebula.js draws an empty place without them. An object that a program made may have only its data.
 *
 * @param defaults what nebula.js generates for a new chart of the type
 */
export async function fillProperties(
  object: EngineObject,
  layout: Readonly<Record<string, unknown>>,
  defaults: object,
): Promise<void> {
  const patches = Object.entries(defaults)
    // What begins with q is the engine's own, and has another name in a layout.
    .filter(([name]) => !name.startsWith('q') && !(name in layout))
    .map(([name, value]) => ({
      qOp: 'add' as const,
      qPath: `/${name}`,
      qValue: JSON.stringify(value),
    }))
  if (patches.length > 0) await object.applyPatches(patches, true)
}
