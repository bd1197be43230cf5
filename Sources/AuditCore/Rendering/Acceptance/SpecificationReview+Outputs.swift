extension SpecificationReview {
    mutating func reviewOutputs(_ spec: AuditPolicy.Spec, options: AgentOptions) {
        if spec.outputs.isEmpty { refuse("spec.outputs", "is empty; records must go somewhere") }
        var names: Set<String> = []
        for (index, output) in spec.outputs.enumerated() {
            let path = "spec.outputs[\(index)]"
            reviewEntryName(output.name, path: path, known: &names)
            if !(0...1000).contains(output.retryLimit) { refuse("\(path).retryLimit", "is not from 0 to 1000") }
            let context = CollectorContext(output, in: spec, options: options)
            if let destination = output.destination {
                destination.review(&self, at: "\(path).\(output.type.block)", in: context)
            } else {
                refuse(path, "the type \(output.type.rawValue) needs \(output.type.block)")
            }
        }
    }

    mutating func reviewHost(_ host: String, port: Int, path: String, identity: AuditPolicy.Agent.Identity) {
        if !(1...65_535).contains(port) { refuse("\(path).port", "is no port") }
        guard host.isHost else { return refuse("\(path).host", "is neither a host name nor an IP address") }
        if identity == .node, host.isClusterName {
            warn("\(path).host", "nodes do not know the names of Services; with spec.agent.identity WorkloadIdentity agents do")
        }
    }

    mutating func reviewURI(_ uri: String, _ path: String) {
        if !uri.hasPrefix("/") || uri.contains(" ") { return refuse(path, "begins with a slash and has no blanks") }
        reviewText(uri, path)
    }

    mutating func reviewHeaders(_ headers: [AuditPolicy.HTTP.Header], _ path: String) {
        for (index, header) in headers.enumerated() { reviewHeader(header, "\(path).headers[\(index)]") }
    }

    private mutating func reviewHeader(_ header: AuditPolicy.HTTP.Header, _ path: String) {
        if !header.name.isHeaderName {
            refuse("\(path).name", "may have letters, digits and hyphens")
        } else if header.name.lowercased() == "authorization" {
            refuse("\(path).name", "would put a secret in plain sight; use bearerToken, or username and password")
        }
        // The collector parts name and value at blanks.
        if header.value.isEmpty || header.value.hasPrefix(" ") { refuse("\(path).value", "is empty or begins with a blank") }
        reviewText(header.value, "\(path).value")
    }

    /// One way to log in, or none.
    mutating func reviewLogin(
        _ username: String?, _ password: AuditPolicy.SecretReference?, _ bearerToken: AuditPolicy.SecretReference?, _ path: String
    ) {
        if let username { reviewText(username, "\(path).username") }
        if (username == nil) != (password == nil) { refuse("\(path).username", "username and password go together") }
        if password != nil, bearerToken != nil { refuse("\(path).bearerToken", "bearerToken and password exclude each other") }
        reviewSecrets([("password", password), ("bearerToken", bearerToken)], path)
    }

    mutating func reviewTLS(_ tls: AuditPolicy.TLS?, path: String) {
        guard let tls else { return }
        if let name = tls.serverName, !name.isHost { refuse("\(path).tls.serverName", "is no host name") }
        if (tls.clientCertificate == nil) != (tls.clientKey == nil) {
            refuse("\(path).tls.clientCertificate", "clientCertificate and clientKey go together")
        }
        reviewSecrets(
            [
                ("certificateAuthority", tls.certificateAuthority), ("clientCertificate", tls.clientCertificate),
                ("clientKey", tls.clientKey),
            ], "\(path).tls")
        if tls.mode == .enabled, tls.insecureSkipVerify { warnUnverified("\(path).tls") }
    }

    mutating func warnUnverified(_ path: String) {
        warn("\(path).insecureSkipVerify", "anybody between the nodes and the receiver can read and change the records")
    }

    mutating func warnIfUnencrypted(_ mode: AuditPolicy.TLS.Mode?, hasSecret: Bool, _ path: String) {
        guard mode != .enabled else { return }
        warn("\(path).tls", "is not enabled; the records \(hasSecret ? "and the secret that goes with them " : "")travel unencrypted")
    }

    mutating func reviewSecrets(_ secrets: [(name: String, reference: AuditPolicy.SecretReference?)], _ path: String) {
        for (name, reference) in secrets { if let reference { reviewSecret(reference, "\(path).\(name)") } }
    }

    mutating func reviewSecret(_ reference: AuditPolicy.SecretReference, _ path: String) {
        if !reference.secretRef.name.isLowercaseName { refuse("\(path).secretRef.name", "is no name of a Secret") }
        if !reference.secretRef.key.isSecretKey { refuse("\(path).secretRef.key", "is no key of a Secret") }
    }

    /// The collector parts labels at commas, and name and value at equals signs.
    mutating func reviewLabels(_ labels: [AuditPolicy.Label], _ path: String, areNamed isName: (String) -> Bool) {
        var names: Set<String> = []
        for (index, label) in labels.enumerated() {
            if !isName(label.name) { refuse("\(path)[\(index)].name", "is no name of a label there") }
            if !names.insert(label.name).inserted { refuse("\(path)[\(index)].name", "\(label.name) is there twice") }
            if !label.value.isLabelValue { refuse("\(path)[\(index)].value", "may have letters, digits and - _ . : / @ +") }
        }
    }

    /// What Amazon's services want. The collector's process knows one file of credentials.
    mutating func reviewAWS(
        region: String, role: String?, externalID: String?, _ credentials: AuditPolicy.SecretReference?, _ path: String
    ) {
        if !region.isRegion { refuse("\(path).region", "is written like eu-central-1") }
        if let role, !role.isRoleARN { refuse("\(path).roleARN", "is written like arn:aws:iam::123456789012:role/name") }
        if let externalID {
            if !externalID.isExternalID { refuse("\(path).externalID", "may have letters, digits and = , . @ : / + -") }
            if role == nil { refuse("\(path).externalID", "goes with roleARN") }
        }
        guard let credentials else { return }
        reviewSecret(credentials, "\(path).credentials")
        if let known = awsCredentials, known != credentials {
            refuse("\(path).credentials", "differs from those of another output; the outputs of a policy share one credentials file")
        }
        awsCredentials = credentials
    }
}
