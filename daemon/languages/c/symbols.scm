; SPDX-License-Identifier: GPL-3.0-or-later
; C and C++: which nodes declare, which open a scope, which refer to something.

(function_definition) @definition.function @scope.function
(lambda_expression) @definition.lambda @scope.function
(declaration) @definition.variable
(field_declaration) @definition.field
(type_definition) @definition.type
(alias_declaration) @definition.type
(class_specifier body: (_)) @definition.class @scope
[(struct_specifier body: (_)) (union_specifier body: (_))] @definition.struct @scope
(enum_specifier body: (_)) @definition.enum @scope
(enumerator) @definition.enum_member
(namespace_definition) @definition.namespace @scope
(concept_definition) @definition.type
[(parameter_declaration) (optional_parameter_declaration) (variadic_parameter_declaration) (variadic_parameter)] @definition.parameter
[(type_parameter_declaration) (optional_type_parameter_declaration) (variadic_type_parameter_declaration)
 (template_template_parameter_declaration)] @definition.type_parameter
[(preproc_def) (preproc_function_def)] @definition.macro
(access_specifier) @visit
(for_range_loop) @visit @scope
(lambda_capture_initializer) @visit
(template_declaration) @scope
[(compound_statement) (for_statement) (if_statement) (while_statement) (switch_statement) (catch_clause)] @scope

(preproc_include) @import
(using_declaration) @import
(namespace_alias_definition) @import

(call_expression) @reference.call
(new_expression) @reference.call
(base_class_clause) @reference.class
(field_initializer) @reference
(field_expression) @reference
(qualified_identifier) @reference
[(identifier) (type_identifier)] @reference
