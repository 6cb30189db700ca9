; SPDX-License-Identifier: GPL-3.0-or-later
; Java: which nodes declare, which open a scope, which refer to something.

(package_declaration) @visit
(import_declaration) @import

[(class_declaration) (record_declaration)] @definition.class @scope
[(interface_declaration) (annotation_type_declaration)] @definition.interface @scope
(enum_declaration) @definition.enum @scope
(enum_constant) @definition.enum_member
(class_body) @definition.record @scope
[(method_declaration) (annotation_type_element_declaration)] @definition.method @scope.function
[(constructor_declaration) (compact_constructor_declaration)] @definition.constructor @scope.function
(lambda_expression) @definition.lambda @scope.function
(variable_declarator) @definition.variable
[(formal_parameter) (catch_formal_parameter)] @definition.parameter
(inferred_parameters) @visit
(resource name: (identifier)) @definition.variable
(type_parameter) @definition.type_parameter
(enhanced_for_statement) @visit @scope
(instanceof_expression name: (identifier)) @visit
[(type_pattern) (record_pattern_component)] @visit
[(if_statement) (while_statement) (block) (constructor_body) (for_statement) (try_with_resources_statement) (catch_clause)] @scope
[(switch_block_statement_group) (switch_rule)] @scope

[(method_invocation) (object_creation_expression) (explicit_constructor_invocation)] @reference.call
[(method_reference) (marker_annotation) (annotation)] @reference
[(superclass) (super_interfaces) (extends_interfaces)] @reference.class
[(identifier) (type_identifier) (field_access)] @reference
