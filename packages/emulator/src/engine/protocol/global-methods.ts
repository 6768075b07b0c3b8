import { engineError, errorCodes } from '../engine-error.ts'
import { isTrueAt, type JsonObject, textAt } from '../json.ts'
import { createDoc } from '../model/doc.ts'
import { docHandle, type EngineSession, openDocOf } from '../model/session.ts'
import type { MethodTable } from './method.ts'

/** Said wherever a client asks what it is connected to. */
const productVersion = 'jotgate emulator (not Qlik)'

export const globalMethods: MethodTable = {
  'Global.OpenDoc': ({ params, session, surroundings }) => {
    const name = textAt(params, 'qDocName')
    const { app } = session
    if (app === undefined || (name !== app.id && name !== app.name)) {
      throw engineError(errorCodes.appNotFound, `App not found: ${name}`, 'qDocName')
    }
    if (session.table === undefined) throw engineError(errorCodes.accessDenied, 'Access denied')
    if (isTrueAt(params, 'qNoData')) {
      const message = 'not supported by the jotgate emulator: OpenDoc without data'
      throw engineError(errorCodes.notImplemented, message, 'qNoData')
    }
    if (session.doc !== undefined && surroundings.secondOpenDoc === 'error') {
      throw engineError(errorCodes.appAlreadyOpen, 'App already open', 'qDocName')
    }
    session.doc ??= createDoc(app, session.table, session.bookmarks)
    session.handles.set(docHandle, { kind: 'Doc', id: '' })
    return { qReturn: docReference(session) }
  },
  'Global.GetActiveDoc': ({ session }) => {
    openDocOf(session)
    return { qReturn: docReference(session) }
  },
  'Global.EngineVersion': () => ({ qVersion: { qComponentVersion: productVersion } }),
  'Global.ProductVersion': () => ({ qReturn: productVersion }),
  'Global.QvVersion': () => ({ qReturn: productVersion }),
  'Global.IsDesktopMode': () => ({ qReturn: false }),
  'Global.IsPersonalMode': () => ({ qReturn: false }),
  'Global.GetAuthenticatedUser': ({ session }) => ({ qReturn: session.user.subject }),
  // A request is answered before the next one is read: nothing is ever under way.
  'Global.GetProgress': () => ({
    qProgressData: {
      qStarted: false,
      qFinished: true,
      qCompleted: 0,
      qTotal: 0,
      qKB: 0,
      qMillisecs: 0,
      qUserInteractionWanted: false,
      qPersistentProgress: '',
      qTransientProgress: '',
    },
  }),
  'Global.CancelRequest': () => ({}),
  'Global.AbortRequest': () => ({}),
  'Global.AbortAll': () => ({}),
  'Global.GetDocList': ({ session, surroundings }) => ({
    qDocList: surroundings.appsOf(session).map((app) => ({
      qDocId: app.id,
      qDocName: app.name,
      qTitle: app.name,
      qLastReloadTime: app.lastReloadTime,
      qReadOnly: true,
      qMeta: {},
    })),
  }),
}

function docReference(session: EngineSession): JsonObject {
  return {
    qType: 'Doc',
    qHandle: docHandle,
    qGenericType: '',
    qGenericId: session.app?.id ?? '',
  }
}
