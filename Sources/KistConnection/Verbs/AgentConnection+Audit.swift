package import KistModel
package import KistProtocol
package import SecretMemory

extension AgentConnection {
    /// Entries of the audit log, in the order in which they were written, handed out as they come.
    package func audit(_ request: AuditRequest, _ take: (AuditEntry) -> Void) throws(ClientError) {
        try each(.audit, request.json) { (result) throws(ShapeError) in
            for item in try JSONFields(result, "result").array("items") { take(try AuditEntry(json: item)) }
        }
    }

    /// Looks at the whole log.
    ///
    /// - Parameters:
    ///   - recoveryCode: as typed, for the proof that only the code gives; empty without.
    ///   - progress: gets the number of entries looked at so far.
    package func verifyAudit(
        recoveryCode: consuming SecretBytes, progress: (UInt64) -> Void
    ) throws(ClientError) -> AuditFindings {
        let segments = recoveryCode.count > 0 ? SecretSegments(recoveryCode) : SecretSegments()
        var reply = try call(.auditVerify, .empty, segments, deadline: Self.derivation)
        while reply.result["more"] == .bool(true) {
            if let count = reply.result["checked"]?.integer { progress(UInt64(max(0, count))) }
            reply = try callAgain()
        }
        let result = reply.result
        return try read { () throws(ShapeError) in try AuditFindings(json: result) }
    }
}
