import type { AdminCalls } from './admin-calls.ts'

/** Whether groups that a token names come to be in the tenant. */
export interface GroupSettings {
  readonly autoCreateGroups: boolean
}

/** Calls on the tenant's settings for groups. */
export interface GroupSettingsCalls {
  getGroupSettings(): Promise<GroupSettings>
  /** Switches "Creation of groups" on: without it Qlik drops the groups of a token without a word. */
  enableGroupCreation(): Promise<void>
  /** Switches it on or off. */
  setGroupCreation(isOn: boolean): Promise<void>
}

const path = '/api/v1/groups/settings'

export function createGroupSettings(calls: AdminCalls): GroupSettingsCalls {
  const set = async (value: boolean) => {
    await calls.send('PATCH', path, [{ op: 'replace', path: '/autoCreateGroups', value }])
  }
  return {
    async getGroupSettings() {
      const settings = await calls.send('GET', path)
      return { autoCreateGroups: settings.autoCreateGroups === true }
    },
    enableGroupCreation: () => set(true),
    setGroupCreation: set,
  }
}
