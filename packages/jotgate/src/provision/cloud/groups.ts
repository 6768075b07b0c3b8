import type { Administration } from '../../qlik/index.ts'
import type { Kind } from '../kind.ts'

/** How plans name the tenant's settings for groups. */
export const groupSettingsKind = 'group settings'

/** Their one key. */
export const groupSettingsKey = 'the whole tenant'

const cannot = () => Promise.reject(new TypeError('Group settings are of the tenant itself'))

/** The settings for groups, which are of the tenant: nothing makes or removes them. */
export function createGroupSettingsKind(administration: Administration): Kind {
  return {
    name: groupSettingsKind,
    fixed: {},
    unordered: [],
    warnings: {
      update:
        'This holds for everybody in the tenant. Groups of a token are there from the next login on. What it was before is not kept: `jotgate destroy --reset-settings` switches it off.',
    },
    // https://qlik.dev/apis/rest/groups/: a new tenant makes no groups of tokens.
    defaults: { createGroups: false },
    async list() {
      const { autoCreateGroups } = await administration.getGroupSettings()
      const fields = { createGroups: autoCreateGroups }
      return [{ id: 'settings', key: groupSettingsKey, owner: 'deployment', fields }]
    },
    create: cannot,
    async update(_, { createGroups }) {
      if (typeof createGroups === 'boolean') await administration.setGroupCreation(createGroups)
    },
    remove: cannot,
  }
}
