import KubeCore

/// Custom kinds that use every part of a structural schema that nodeaudit's own definitions use.
enum WidgetDefinition {
    static func widgets(of stage: Stage) -> JSONValue { definition("widgets", "Widget", of: stage) }

    static func definition(
        _ plural: String, _ kind: String, of stage: Stage, spec: JSONValue = spec, hasStatus: Bool = true
    ) -> JSONValue {
        var version: JSONValue = [
            "name": "v1", "served": true, "storage": true, "additionalPrinterColumns": columns,
            "schema": [
                "openAPIV3Schema": [
                    "type": "object", "description": .string("\(kind) is one of the contract's kinds."), "required": ["spec"],
                    "properties": ["spec": spec, "status": status],
                ]
            ],
        ]
        if hasStatus { version["subresources"] = ["status": [:]] }
        return [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": ["name": .string("\(plural).\(stage.group)"), "labels": stage.labels],
            "spec": [
                "group": .string(stage.group), "scope": "Cluster", "names": ["plural": .string(plural), "kind": .string(kind)],
                "versions": [version],
            ],
        ]
    }

    private static let columns: JSONValue = [
        ["name": "Size", "type": "integer", "jsonPath": ".spec.size"],
        ["name": "Ready", "type": "string", "jsonPath": ".status.conditions[?(@.type==\"Ready\")].status"],
        ["name": "Color", "type": "string", "priority": 1, "jsonPath": ".spec.color"],
        ["name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"],
    ]

    static let spec: JSONValue = [
        "type": "object", "description": "What is wanted.", "required": ["size"],
        "x-kubernetes-validations": [
            ["rule": "!has(self.min) || !has(self.max) || self.min <= self.max", "message": "min must not be above max"],
            [
                "rule": "!has(oldSelf.serial) || (has(self.serial) && self.serial == oldSelf.serial)", "message": "serial is immutable",
            ],
        ],
        "properties": [
            "size": ["type": "integer", "minimum": 1, "maximum": 100, "description": "How big, in units."],
            "color": ["type": "string", "enum": ["Red", "Green"], "default": "Green"],
            "code": ["type": "string", "pattern": "^[a-z]+$", "maxLength": 10],
            "serial": ["type": "string", "maxLength": 20],
            "min": ["type": "integer"],
            "max": ["type": "integer"],
            "limit": ["x-kubernetes-int-or-string": true, "default": "10%"],
            "options": [
                "type": "object", "default": [:],
                "x-kubernetes-validations": [
                    ["rule": "!has(self.depth) || self.depth <= 5", "messageExpression": "string(self.depth)"]
                ],
                "properties": ["depth": ["type": "integer", "default": 2], "mode": ["type": "string", "maxLength": 10]],
            ],
            "tags": [
                "type": "array", "maxItems": 5, "x-kubernetes-list-type": "set", "items": ["type": "string", "maxLength": 10],
            ],
            "parts": [
                "type": "array", "maxItems": 5, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                "items": [
                    "type": "object", "required": ["name"],
                    "properties": [
                        "name": ["type": "string", "maxLength": 10], "count": ["type": "integer", "default": 1],
                        "place": ["type": "string", "maxLength": 10],
                    ],
                ],
            ],
            "free": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
        ],
    ]

    private static let status: JSONValue = [
        "type": "object",
        "properties": [
            "phase": ["type": "string", "maxLength": 20],
            "conditions": [
                "type": "array", "maxItems": 5, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
                "items": [
                    "type": "object", "required": ["type", "status"],
                    "properties": ["type": ["type": "string", "maxLength": 20], "status": ["type": "string", "maxLength": 20]],
                ],
            ],
        ],
    ]
}
