/// What a client can ask of the agent.
package enum Method: String, CaseIterable, Hashable, Sendable {
    case hello
    case status
    case initialise = "init"
    case unlock
    case lock
    case retire
    case list
    case show
    case reveal
    case put
    case remove
    case history
    case restore
    case profiles
    case profileCreate
    case profileCopy
    case profileRemove
    case folder
    case doctor
    case audit
    case auditVerify
    case slots
    case slotAdd
    case slotChange
    case slotRemove
    case slotTest
    case rekey
    case rekeyStatus
    case sealer
    case seal
    case backup
    case backupOpen
    case backupPart
    case backupEnd
    case policy
    case seen
    case reject
    case keep
    case kept
}
