import type { Check } from '../check.ts'
import type { CloudContext } from './cloud-context.ts'

/** Whether the groups of a token count. */
export const groupChecks: readonly Check<CloudContext>[] = [
  {
    id: 'cloud-groups',
    category: 'set-up',
    question: 'Does the tenant make the groups that a token names?',
    needs: ['cloud-administrator'],
    async run({ createsGroups, user, usesGroups = true }) {
      const { groups = [] } = user ?? {}
      if (await createsGroups())
        return [{ verdict: 'passed', title: 'The tenant makes the groups that tokens name' }]
      if (!usesGroups)
        return [{ verdict: 'passed', title: 'Creation of groups is off, as the settings want it' }]
      return [
        {
          verdict: 'failed',
          title:
            'Creation of groups is off: the tenant drops the groups of a token that it does not know',
          evidence: `GET /api/v1/groups/settings: autoCreateGroups is false${groups.length === 0 ? '' : `; tokens name ${groups.join(', ')}`}`,
          hint: 'Administration, Settings, Feature control, “Creation of groups”; or `jotgate apply`. Groups come with the next login. When nothing depends on groups, say so: `setup.createGroups: false`.',
          isMendedByApply: true,
          source: 'https://help.qlik.com, mc-enable-idp-groups',
        },
      ]
    },
  },
]
