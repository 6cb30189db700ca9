; SPDX-License-Identifier: GPL-3.0-or-later
; C#: which nodes declare, which open a scope, which refer to something.

(using_directive) @import

[(namespace_declaration) (file_scoped_namespace_declaration)] @definition.namespace @scope
[(class_declaration) (record_declaration)] @definition.class @scope
(struct_declaration) @definition.struct @scope
(interface_declaration) @definition.interface @scope
(enum_declaration) @definition.enum @scope
(enum_member_declaration) @definition.enum_member
(delegate_declaration) @definition.type @scope
[(method_declaration) (operator_declaration) (conversion_operator_declaration) (destructor_declaration)] @definition.method @scope.function
(local_function_statement) @definition.function @scope.function
(constructor_declaration) @definition.constructor @scope.function
[(property_declaration) (indexer_declaration) (event_declaration)] @definition.property @scope
[(lambda_expression) (anonymous_method_expression)] @definition.lambda @scope.function
(variable_declarator) @definition.variable
(parameter) @definition.parameter
[(parameter_list name: (identifier)) (bracketed_parameter_list name: (identifier))] @visit
(type_parameter) @definition.type_parameter
(type_parameter_constraints_clause) @visit
(foreach_statement) @visit @scope
[(catch_declaration name: (identifier)) (declaration_expression) (declaration_pattern) (recursive_pattern name: (identifier))] @visit
[(var_pattern) (from_clause) (let_clause) (join_clause)] @visit
(query_expression) @scope
[(accessor_declaration) (block) (for_statement) (using_statement) (fixed_statement) (catch_clause)] @scope
[(switch_section) (switch_expression_arm) (if_statement) (while_statement)] @scope

[(invocation_expression) (object_creation_expression) (implicit_object_creation_expression) (constructor_initializer)] @reference.call
(primary_constructor_base_type) @reference.call
(base_list) @reference.class
(attribute) @reference
[(identifier) (member_access_expression)] @reference
