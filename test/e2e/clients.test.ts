// Qlik's own clients, unmodified, against the emulator: what they cannot tell from a tenant is right.
import { createQlikApi } from '@qlik/api'
import { registerAuthModule } from '@qlik/api/auth'
import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import { currentUser, engineUrl, openSession } from 'jotgate/qlik'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { grossByGenre } from './films.ts'
import { createStage, type Stage } from './stage.ts'

const ada = {
  subject: 'acme|ada',
  name: 'Ada Lovelace',
  email: 'ada@acme.example',
  emailVerified: true,
  groups: ['studio-warner'],
}
const grossByGenreCube = {
  qInfo: { qType: 'test' },
  qHyperCubeDef: {
    qDimensions: [{ qDef: { qFieldDefs: ['Major Genre'] }, qNullSuppression: true }],
    qMeasures: [{ qDef: { qDef: 'Sum([Worldwide Gross])' } }],
    qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 2, qHeight: 100 }],
  },
}

let stage: Stage

beforeAll(async () => {
  stage = await createStage()
})

afterAll(async () => stage?.close())
