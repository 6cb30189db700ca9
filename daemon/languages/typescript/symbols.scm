; SPDX-License-Identifier: GPL-3.0-or-later
; TypeScript, TSX and JavaScript: which nodes declare, which open a scope, which refer to something.

[(function_declaration) (generator_function_declaration) (function_signature)] @definition.function @scope.function
[(arrow_function) (function_expression) (generator_function)] @definition.lambda @scope.function
[(class_declaration) (abstract_class_declaration) (class)] @definition.class @scope
[(method_definition) (method_signature) (abstract_method_signature)] @definition.method @scope.function
[(public_field_definition) (field_definition) (property_signature) (index_signature)] @definition.field
[(call_signature) (construct_signature) (function_type) (constructor_type)] @definition.lambda @scope.function
(interface_declaration) @definition.interface @scope
(enum_declaration) @definition.enum @scope
(enum_assignment) @definition.enum_member
(enum_body name: (_)) @visit
(type_alias_declaration) @definition.type @scope
(import_alias) @definition.type
[(internal_module) (module) (ambient_declaration (statement_block))] @definition.namespace @scope.function
(variable_declarator) @definition.variable
[(required_parameter) (optional_parameter)] @definition.parameter
(formal_parameters) @visit
(type_parameter) @definition.type_parameter
[(object) (object_type)] @definition.record @scope
(pair) @definition.field
(shorthand_property_identifier) @visit
[(mapped_type_clause) (infer_type)] @definition.type_parameter
(conditional_type) @scope
[(statement_block) (for_statement) (switch_body) (class_static_block)] @scope
[(for_in_statement) (catch_clause)] @visit @scope

(import_statement) @import
(export_statement) @export
(assignment_expression) @visit
(binary_expression operator: "instanceof") @visit

(call_expression) @reference.call
(new_expression) @reference.call
[(jsx_opening_element) (jsx_self_closing_element)] @reference.call
(decorator) @reference.call
[(extends_clause) (implements_clause) (extends_type_clause)] @reference.class
(class_heritage) @reference.class
[(type_identifier) (identifier)] @reference
(member_expression) @reference
