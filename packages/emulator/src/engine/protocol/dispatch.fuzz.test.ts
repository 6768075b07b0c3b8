import fc from 'fast-check'
import { expect, it } from 'vitest'
import { errorCodes } from '../engine-error.ts'
import type { Json, JsonObject } from '../json.ts'
import { createDoc } from '../model/doc.ts'
import { docHandle, type EngineSession, globalHandle } from '../model/session.ts'
import { finish } from '../slices.ts'
import { barChartProperties } from '../testing/bar-chart-properties.ts'
import { dimension, makeTable, measure } from '../testing/cube-input.ts'
import { makeUser } from '../testing/engine-server.ts'
import { dispatch, methods, schema } from './dispatch.ts'

const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)
const table = makeTable(
  ['City', 'Amount'],
  [
    ['Ulm', 1],
    [null, 2],
    ['Kiel', null],
  ],
)
const app = { id: 'app', name: 'App', table, lastReloadTime: '' }

/** A session with one thing of each kind open. */
function makeSession(): { session: EngineSession; handles: Record<string, number> } {
  const session: EngineSession = {
    key: '',
    user: makeUser(),
    clients: new Set(),
    handles: new Map([
      [globalHandle, { kind: 'Global', id: '' }],
      [docHandle, { kind: 'Doc', id: '' }],
    ]),
    nextHandle: docHandle + 1,
    doc: createDoc(app, table),
    ttlSeconds: 0,
    waiting: [],
  }
  const open = (method: string, ...params: Json[]): number => {
    const answer = send(session, docHandle, method, params).answer as {
      result: { qReturn: { qHandle: number } }
    }
    return answer.result.qReturn.qHandle
  }
  const list = { qDef: { qFieldDefs: ['City'] }, qInitialDataFetch: [{ qWidth: 1, qHeight: 9 }] }
  const object = {
    ...barChartProperties('City', 'Sum(Amount)'),
    qInfo: { qId: 'bar', qType: 'bar-chart' },
    qListObjectDef: list,
    stack: {
      qHyperCubeDef: {
        qMode: 'K',
        qDimensions: [dimension('City'), dimension('Amount')],
        qMeasures: [measure('Count(City)')],
      },
    },
  }
  const variable = { qInfo: { qId: 'v', qType: 'variable' }, qName: 'v', qDefinition: '1' }
  return {
    session,
    handles: {
      Global: globalHandle,
      Doc: docHandle,
      GenericObject: open('CreateSessionObject', object),
      Field: open('GetField', 'City'),
      GenericVariable: open('CreateSessionVariable', variable),
      GenericBookmark: open('CreateBookmark', { qInfo: { qId: 'b', qType: 'bookmark' } }),
    },
  }
}

function send(session: EngineSession, handle: number, method: string, params: Json) {
  const frame = { jsonrpc: '2.0', id: 1, handle, method, params }
  const surroundings = {
    access: {
      list: () => [app],
      find: (name: string) => (name === app.id ? { app, table, bookmarks: new Map() } : undefined),
    },
    secondOpenDoc: 'document',
  } as const
  return finish(dispatch(JSON.stringify(frame), session, surroundings))
}

const word = fc.constantFrom(
  ...[
    'City',
    'Amount',
    'bar',
    'v',
    'b',
    'app',
    '=Sum(Amount)',
    '$(v)',
    '$(=',
    '*',
    'D1',
    '__proto__',
  ],
  ...[
    '/qHyperCubeDef',
    '/qListObjectDef',
    '/stack/qHyperCubeDef',
    '/qHyperCubeDef/qMode',
    '',
    '"K"',
  ],
)
const number = fc.constantFrom(0, 1, -1, -2, -3, 2, 0.5, 99, 1e9, -1e9)
const key = fc.constantFrom(
  ...['qId', 'qInfo', 'qType', 'qDef', 'qFieldDefs', 'qDimensions', 'qMeasures', 'qMode', 'title'],
  ...[
    'qTop',
    'qLeft',
    'qWidth',
    'qHeight',
    'qOp',
    'qPath',
    'qValue',
    'qText',
    'qIsNumeric',
    'qNumber',
  ],
  ...[
    'qHyperCubeDef',
    'qListObjectDef',
    'qInitialDataFetch',
    'qInterColumnSortOrder',
    'qColumnOrder',
  ],
  ...[
    'qRange',
    'qMin',
    'qMax',
    'qMeasureIx',
    'qOtherTotalSpec',
    'qOtherMode',
    'qName',
    'qDefinition',
  ],
  ...[
    'qStringExpression',
    'qValueExpression',
    'qExpr',
    'qSortCriterias',
    'qSortByNumeric',
    'qSortBy',
  ],
  ...['qSelectionObjectDef', 'qChildListDef', 'qMetaDef', 'qData', 'qTypes', '__proto__'],
)
/** Parts of definitions that are right, so that what is wrong beside them is reached. */
const part = fc.constantFrom<Json>(
  dimension('City'),
  dimension('Amount', { qSortByNumeric: -1 }, { qNullSuppression: true }),
  measure('Sum(Amount)', { qSortByNumeric: -1 }),
  { qOtherMode: 'OTHER_COUNTED', qOtherCounted: { qv: '1' } },
  { qv: '=Count(City)' },
  { qWidth: 2, qHeight: 2 },
  barChartProperties('City', 'Sum(Amount)'),
)
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    word,
    part,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map(Object.fromEntries),
  ),
}))

/** A value of the type that the schema has, mostly, so that methods are reached behind that check. */
function like(defaultValue: Json): fc.Arbitrary<Json> {
  const sameType = value.filter(
    (candidate) =>
      typeof candidate === typeof defaultValue &&
      Array.isArray(candidate) === Array.isArray(defaultValue),
  )
  return fc.oneof({ weight: 9, arbitrary: sameType }, { weight: 1, arbitrary: value })
}

it.each(Object.keys(methods))(
  '%s answers whatever it is sent, and never by a fault of its own',
  (name) => {
    const [className = '', method = ''] = name.split('.')
    const parameters = schema.methods.get(name) ?? []
    const call = fc.tuple(...parameters.map(({ defaultValue }) => like(defaultValue)))
    const hasParameters = parameters.length > 0
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 3 }), (calls) => {
        const { session, handles } = makeSession()
        const follow: [string, string][] = [
          [className, method],
          ['GenericObject', 'GetLayout'],
          ['GenericVariable', 'GetLayout'],
        ]
        for (const params of calls) {
          for (const [target, each] of follow) {
            const isTested = each === method && target === className
            const { answer } = send(session, handles[target] ?? 0, each, isTested ? params : [])
            expect(answer?.id).toBe(1)
            const error = answer?.error as JsonObject | undefined
            expect(error?.code, JSON.stringify(error)).not.toBe(errorCodes.internal)
          }
        }
      }),
      { numRuns: Math.ceil((hasParameters ? 40 : 3) * scale) },
    )
  },
)
